package import Database
import Messaging

/// All tables that the programs need, in the order in which they are made.
package enum Schema {
    package static let migrations: [Migration] =
        MessagingSchema.migrations + [
            tenants, apiKeys, catalog, orders, idempotency, settings, payments, subscriptions, reconciliation, emails,
            exactness,
        ]

    /// The newest version that this build knows.
    package static let version: Int = migrations.map(\.version).max() ?? 0
}
