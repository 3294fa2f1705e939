import Commerce
import Database
import StripeModels

/// A fact, how it was come by, and what was known here before Stripe was asked: if that has changed by the time it is
/// applied, what was read may be older than what is stored.
struct Sighting: Sendable {
    let fact: StripeFact
    let observation: Observation
    let revision: Int64?

    /// As an event tells.
    static func reported(_ fact: StripeFact) -> Sighting {
        Sighting(fact: fact, observation: .reported, revision: nil)
    }
}

/// Turns what an event says into what is to be applied: reads at Stripe what may have been overtaken, or is incomplete.
struct Observer {
    let stripe: StripeReader
    let database: Database

    /// - Parameter type: of the event that tells of `fact`; nil for a look of our own.
    /// - Returns: empty for what no order here has to do with.
    func sightings(of fact: StripeFact, _ type: StripeEventType?, for scope: TenantScope) async throws -> [Sighting] {
        switch fact {
        case .paymentIntent, .session:
            guard let order = try await database.read({ try OrderStore.order(of: fact, for: scope, in: $0) }) else {
                // The tenant's account has other users than this program.
                return []
            }
            // What has been paid, or is over, has its final state behind it.
            return fact.isFinal || !order.status.awaitsPayment ? [.reported(fact)] : [try await read(fact, type, scope)]
        case .subscription:
            return fact.isFinal ? [.reported(fact)] : [try await read(fact, type, scope)]
        case .invoice(let invoice): return try await sightings(of: invoice, fact, type, scope)
        case .charge(let charge):
            guard let intent = charge.paymentIntent,
                try await database.read({ try RefundStore.lacksRefunds(of: charge, for: scope, in: $0) })
            else { return [.reported(fact)] }
            let refunds = try await stripe.refunds(of: intent, for: scope.tenant)
            return refunds.map { .reported(.refund($0)) } + [.reported(fact)]
        case .refund, .dispute: return [.reported(fact)]
        }
    }

    /// An invoice does not say whether its subscription is past due, nor, since 2025-03-31, by which payment it was paid.
    private func sightings(
        of invoice: InvoiceFact, _ fact: StripeFact, _ type: StripeEventType?, _ scope: TenantScope
    ) async throws -> [Sighting] {
        guard let id = invoice.subscription else { return [] }
        var found: [Sighting] = []
        if !invoice.isFinal || invoice.lacksPayments {
            found.append(.reported(try await stripe.again(fact, type, for: scope.tenant)))
        } else {
            found.append(.reported(fact))
        }
        let known = try await database.read { try SubscriptionStore.get(id, for: scope, in: $0)?.status }
        let isSettled = known?.isFinal == true || invoice.status == .paid && (known == .active || known == .trialing)
        if !isSettled {
            // Only its id counts: it is read.
            let subscription = SubscriptionFact(
                id: id, livemode: scope.livemode, status: .unknown(""), customer: invoice.customer ?? "",
                order: invoice.order, tenant: invoice.tenant)
            found.insert(try await read(.subscription(subscription), nil, scope), at: 0)
        }
        return found
    }

    private func read(_ fact: StripeFact, _ type: StripeEventType?, _ scope: TenantScope) async throws -> Sighting {
        let revision = try await database.read { try OrderStore.revision(of: fact, for: scope, in: $0) }
        let now = try await stripe.again(fact, type, for: scope.tenant)
        return Sighting(fact: now, observation: .read, revision: revision)
    }
}
