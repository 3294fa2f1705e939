import Commerce
import Database
import ServiceRuntime
import StripeClient
import StripeModels
import TenantStripe

extension StripeAccess {
    /// A subscription of this tenant's as it is at Stripe now, which is also written down.
    ///
    /// Its row's revision is taken before the reading. Where another reading was written meanwhile, it is read again, so
    /// that nothing older ever takes the place of something newer.
    /// - Throws: `StripeRefusal` for one that is not there or is somebody else's, which is the same.
    func subscription(_ id: String, cause: OrderCause) async throws -> Subscription {
        var triesLeft = 4
        while true {
            triesLeft -= 1
            let known = try await database.read { try SubscriptionStore.get(id, for: scope, in: $0) }
            let found = try await find(id, or: .noSuchSubscription) { credentials in
                try await client.subscription(id, as: credentials)
            }
            guard try await ours([found]).first != nil else { throw StripeRefusal(error: .noSuchSubscription) }
            let fact = SubscriptionFact(found)
            guard known?.says(fact) != true else { return found }
            do {
                try await write(fact, over: known?.revision ?? 0, cause)
                return found
            } catch let error as CommerceError where error.code == .orderChanged {
                // Whoever is so much faster reads what we read.
                guard triesLeft > 0 else { return found }
            }
        }
    }

    /// Makes sure that a subscription that a request names is this tenant's. One that we know is not asked for at Stripe.
    func checkSubscription(_ id: String?, cause: OrderCause) async throws {
        guard let id else { return }
        let isKnown = try await database.read { try SubscriptionStore.get(id, for: scope, in: $0) != nil }
        if !isKnown { _ = try await subscription(id, cause: cause) }
    }

    private func write(_ fact: SubscriptionFact, over revision: Int64, _ cause: OrderCause) async throws {
        try await database.write { connection in
            let move = try OrderStore.apply(
                subscription: fact, .read, for: scope, cause: cause, expecting: revision, in: connection)
            if let move { _ = try Fulfillment.follow(move, in: connection) }
        }
    }

    /// A page of the tenant's subscriptions, the newest first.
    func subscriptions(_ filter: SubscriptionFilter, _ page: PageRequest) async throws -> Page<Subscription> {
        try await self.page(
            page, of: { [client] in client.subscriptions(filter, as: $0) }, ours: { try await ours($0) })
    }

    /// Those of the account's subscriptions that are this tenant's.
    private func ours(_ subscriptions: [Subscription]) async throws -> [Subscription] {
        try await database.read { connection in
            try subscriptions.filter {
                try Ownership.isOurs(marked: $0.metadata, customer: $0.customer, scope, in: connection)
            }
        }
    }
}

extension StoredSubscription {
    /// Whether the row says the same already, so that reading it again writes nothing.
    fileprivate func says(_ fact: SubscriptionFact) -> Bool {
        status == fact.status && customer == fact.customer && items == fact.items
            && currentPeriodStart == fact.currentPeriodStart && currentPeriodEnd == fact.currentPeriodEnd
            && cancelAtPeriodEnd == fact.cancelAtPeriodEnd && cancelAt == fact.cancelAt
            && canceledAt == fact.canceledAt && endedAt == fact.endedAt && trialEnd == fact.trialEnd
            && latestInvoice == fact.latestInvoice && (order != nil || fact.order == nil)
    }
}
