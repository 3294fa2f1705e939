package import Database
import StripeModels

/// The subscriptions' rows.
///
/// Invariant: a row says what Stripe said last. It is written from a reading only, which names the revision that the
/// row had before Stripe was asked: if another reading was written meanwhile, this one is refused and made again. Or it
/// is written by an end, which decides alone and is never left again. So no late event overwrites a newer state.
package enum SubscriptionStore {
    package static func get(
        _ id: String, for scope: TenantScope, in connection: Connection
    ) throws -> StoredSubscription? {
        try connection.row(
            "SELECT * FROM subscriptions WHERE tenant_id = $1 AND livemode = $2 AND id = $3", scope.tenant,
            scope.livemode, id
        ).flatMap { try StoredSubscription($0) }
    }

    /// The newest first.
    /// - Throws: `.notFound` with param `starting_after`.
    package static func list(
        _ page: PageRequest, status: String? = nil, customer: String? = nil, for scope: TenantScope,
        in connection: Connection
    ) throws -> Page<StoredSubscription> {
        var conditions = Conditions()
        conditions.add("tenant_id = ? AND livemode = ? AND status IS NOT NULL", scope.tenant, scope.livemode)
        if let status { conditions.add("status = ?", status) }
        if let customer { conditions.add("customer = ?", customer) }
        if let cursor = page.startingAfter {
            guard let after = try get(cursor, for: scope, in: connection) else {
                throw CommerceError.noSuch("subscription", cursor, param: "starting_after")
            }
            conditions.add("(stripe_created, id) < (?, ?)", after.createdAt, after.id)
        }
        let rows = try connection.rows(
            """
            SELECT * FROM subscriptions \(conditions.sql)
            ORDER BY stripe_created DESC, id DESC LIMIT \(page.limit + 1)
            """, with: conditions.parameters)
        return Page(try rows.compactMap { try StoredSubscription($0) }, limit: page.limit)
    }

    /// What a reading is to be handed in with; 0 for one that was never read.
    package static func revision(of id: String, for scope: TenantScope, in connection: Connection) throws -> Int64 {
        try connection.row(
            "SELECT revision FROM subscriptions WHERE tenant_id = $1 AND livemode = $2 AND id = $3", scope.tenant,
            scope.livemode, id
        )?.get("revision") ?? 0
    }

    /// The order that a subscription began as.
    static func order(of id: String, for scope: TenantScope, in connection: Connection) throws -> OrderID? {
        try connection.row(
            "SELECT order_id FROM subscriptions WHERE tenant_id = $1 AND livemode = $2 AND id = $3", scope.tenant,
            scope.livemode, id
        )?.get("order_id")
    }

    /// A subscription's row, locked, and written if there is none: here two transactions that speak of it meet.
    struct Hold {
        let order: OrderID?
        let revision: Int64
        let status: Subscription.Status?
    }

    static func hold(
        _ id: String, order: OrderID?, for scope: TenantScope, in connection: Connection
    ) throws -> Hold {
        let row = try connection.row(
            """
            INSERT INTO subscriptions (tenant_id, livemode, id, order_id, items, cancel_at_period_end, revision,
                updated_at)
            VALUES ($1, $2, $3, $4, '[]', FALSE, 0, now_us())
            ON CONFLICT (tenant_id, livemode, id) DO UPDATE SET
                order_id = COALESCE(subscriptions.order_id, excluded.order_id)
            RETURNING order_id, revision, status
            """, scope.tenant, scope.livemode, id, order)
        guard let row else { throw CommerceError.unreadable("A subscription was not stored.") }
        if let order { try PaymentStore.adopt(paymentsOf: id, for: order, scope, in: connection) }
        let status: String? = try row.get("status")
        return Hold(
            order: try row.get("order_id"), revision: try row.get("revision"),
            status: status.map { Subscription.Status($0) })
    }

    /// Writes what was read; the row is held.
    static func write(_ fact: SubscriptionFact, for scope: TenantScope, in connection: Connection) throws {
        try connection.execute(
            """
            UPDATE subscriptions SET customer = $4, status = $5, items = $6, current_period_start = $7,
                current_period_end = $8, cancel_at_period_end = $9, cancel_at = $10, canceled_at = $11,
                ended_at = $12, trial_end = $13, latest_invoice = $14, stripe_created = $15,
                revision = revision + 1, updated_at = now_us()
            WHERE tenant_id = $1 AND livemode = $2 AND id = $3
            """, scope.tenant, scope.livemode, fact.id, fact.customer, fact.status.name,
            try JSONText.write(fact.items), fact.currentPeriodStart, fact.currentPeriodEnd, fact.cancelAtPeriodEnd,
            fact.cancelAt, fact.canceledAt, fact.endedAt, fact.trialEnd, fact.latestInvoice, fact.created)
    }
}
