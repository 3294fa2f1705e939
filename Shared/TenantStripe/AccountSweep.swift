package import Commerce
package import Database
package import Logging
import Messaging
package import StripeClient
import StripeModels

/// Sweeps a tenant's events at Stripe for those that no webhook brought, and stores them as if one had: with the job that
/// applies them, under the id that makes them the same event as the webhook's, should it come after all.
///
/// Invariant: the cursor stands at a time up to which every event is in the inbox. It moves only when all pages since the
/// last one are stored, so a sweep that broke off is begun again from there; what it stored already is held twice by
/// nobody. It is a time by the database's clock, whatever the sweeping host's says. Stripe keeps events for 30 days: an
/// outage that lasts longer loses them.
package struct AccountSweep: Sendable {
    private let database: Database
    private let client: StripeClient
    private let tenants: TenantStore
    private let logger: Logger

    /// In place of an endpoint's id, with the events that a sweep brought.
    package static let source = "sweep"

    /// How long, in seconds, webhooks are given to come by themselves before their events count as missed.
    package static let patience: Int64 = 60
    /// What is looked at twice, since events of one second have no order and clocks differ.
    private static let overlap: Int64 = 300
    private static let stripeKeeps: Int64 = 30 * 86_400
    /// Stripe takes no more types at once.
    private static let typesAtOnce = 20

    package init(database: Database, client: StripeClient, tenants: TenantStore, logger: Logger) {
        self.database = database
        self.client = client
        self.tenants = tenants
        self.logger = logger
    }

    package struct Result: Sendable, Hashable {
        /// Events that Stripe listed.
        package var seen: Int64 = 0
        /// Those of them that were not in the inbox.
        package var missed: Int64 = 0
    }

    /// Sweeps once.
    /// - Parameters:
    ///   - patience: in seconds; what is younger is left to the next sweep. 0: nothing is.
    ///   - progress: called after each page.
    /// - Returns: nil when another runner is at it.
    /// - Throws: `StripeError`; it is in the tenant's `ReconcileState`, too.
    package func run(
        _ tenant: Tenant, patience: Int64 = Self.patience, progress: @Sendable (Result) -> Void = { _ in }
    ) async throws -> Result? {
        guard let turn = try await ReconcileStore.duty(for: tenant.scope).take(in: database) else { return nil }
        do {
            let result = try await sweep(tenant, patience, turn, progress)
            try await database.write { try ReconcileStore.finished(tenant.scope, in: $0) }
            try await turn.finish(in: database)
            return result
        } catch {
            let reason = (error as? StripeError)?.description ?? "The sweep broke off."
            try? await database.write { try ReconcileStore.finished(tenant.scope, error: reason, in: $0) }
            try? await turn.finish(in: database)
            throw error
        }
    }

    private func sweep(
        _ tenant: Tenant, _ patience: Int64, _ turn: DutyTurn, _ progress: @Sendable (Result) -> Void
    ) async throws -> Result {
        let (state, now) = try await database.write { connection in
            try ReconcileStore.began(tenant.scope, in: connection)
            return (try ReconcileStore.state(of: tenant.scope, in: connection), try connection.now() / 1_000_000)
        }
        let end = now - patience
        // Before it was a tenant here nobody waited for its events.
        let start = max((state?.cursor ?? tenant.createdAt / 1_000_000) - Self.overlap, end - Self.stripeKeeps)
        let credentials = try await tenants.credentials(of: tenant.id)
        try await learnAccount(of: tenant, as: credentials)
        var result = Result()
        for first in stride(from: 0, to: ActedOnEvents.all.count, by: Self.typesAtOnce) {
            var filter = EventFilter()
            filter.types = Array(ActedOnEvents.all[first...].prefix(Self.typesAtOnce))
            filter.since = start
            var last: String?
            repeat {
                let page = try await client.eventPage(filter, after: last, as: credentials)
                let found = try await store(
                    page.events, until: patience == 0 ? .max : end, of: tenant, cursor: state?.cursor ?? start, turn)
                result.seen += Int64(page.events.count)
                result.missed += found.missed
                progress(result)
                last = page.hasMore ? found.last : nil
            } while last != nil
        }
        try await database.write { connection in
            try turn.keep(in: connection)
            try ReconcileStore.advance(to: end, missed: 0, for: tenant.scope, in: connection)
        }
        return result
    }

    /// So that tenants who share an account are known. A restricted key need not be allowed to say.
    private func learnAccount(of tenant: Tenant, as credentials: StripeCredentials) async throws {
        guard tenant.accountAtStripe == nil, let account = try? await client.account(as: credentials) else { return }
        try await tenants.note(account: account.id, of: tenant.id)
    }

    /// Stores a page's events in one transaction, those that came later than `end` left for the next sweep.
    private func store(
        _ bodies: [[UInt8]], until end: Int64, of tenant: Tenant, cursor: Int64, _ turn: DutyTurn
    ) async throws -> (missed: Int64, last: String?) {
        let owner = EventOwner(tenant)
        var last: String?
        var events: [ReceivedEvent] = []
        for body in bodies {
            let envelope: EventEnvelope
            do {
                envelope = try EventEnvelope.read(body, metadataKey: Order.stripeMetadataKey)
            } catch {
                // One that cannot be read must not hold up those behind it.
                logger.error("An event in Stripe's list cannot be read", metadata: ["error": "\(error)"])
                continue
            }
            last = envelope.id
            if envelope.created > end { continue }
            // The list of a connected account does not say whose its events are: we asked for them.
            events.append(
                ReceivedEvent(
                    envelope, of: tenant.stripeAccount, body: body, signature: "", from: Self.source, for: owner))
        }
        let swept = events
        let missed = try await database.write { connection in
            try turn.keep(in: connection)
            let outcomes = try EventInbox.record(swept, in: connection)
            // A tenant that has thin events alone was told under another id.
            let missed = Int64(
                try zip(swept, outcomes).count { event, outcome in
                    try outcome != .duplicate && !EventInbox.isTold(byTwinOf: event, in: connection)
                })
            if missed > 0 {
                try ReconcileStore.advance(to: cursor, missed: missed, for: tenant.scope, in: connection)
            }
            return missed
        }
        return (missed, last)
    }
}
