import Commerce
import Database
import Logging
import Messaging
import StripeClient
import StripeModels
import TenantStripe

/// Reads again at Stripe what an order waits for, since its webhook may be lost.
///
/// An order of which Stripe's answer was never stored (we crashed in between) is looked for among the account's
/// PaymentIntents. If after a day there is none, nobody was ever given anything to pay it with, and no request can resume
/// it any more: it is canceled.
struct CheckOrder: JobHandler {
    let kind = JobKind.checkOrder
    /// The next check comes anyway.
    let retry = RetryPolicy.exponential(first: .seconds(10), cap: .seconds(600), attempts: 8)
    let timeLimit: Duration = .seconds(120)

    let stripe: StripeReader

    /// The check after which an order that Stripe does not know is given up: idempotency keys are kept for a day.
    private static let lastCheck: Int64 = 3

    func run(_ job: ClaimedJob, _ context: JobContext) async throws {
        let payload = try job.payload(CheckOrderPayload.self)
        let scope = TenantScope(tenant: job.tenant, livemode: payload.livemode)
        guard
            let order = try await context.database.read({ try OrderStore.get(payload.order, for: scope, in: $0) }),
            order.status.awaitsPayment
        else { return try await context.complete() }
        let sightings = try await sightings(of: order, context)
        let isGivenUp = sightings.isEmpty && payload.check >= Self.lastCheck && order.isUnknownToStripe
        let application = try await context.complete { connection in
            if isGivenUp {
                let move = try OrderStore.move(
                    order.id, for: scope, by: .canceled, cause: OrderCause("nothing was ever made at Stripe"),
                    expecting: order.revision, in: connection)
                _ = try Fulfillment.follow(move, in: connection)
            }
            return try Application(
                sightings, for: scope, cause: OrderCause("checked, since nothing was heard"), in: connection)
        }
        application.report(context.logger, tenant: scope.tenant, about: ["check": "\(payload.check)"])
    }

    private func sightings(of order: Order, _ context: JobContext) async throws -> [Sighting] {
        if let session = order.checkoutSession { return try await checkout(session, of: order, context) }
        if let intent = order.paymentIntent {
            return [
                Sighting(
                    fact: try await paymentIntent(intent, of: order), observation: .read, revision: order.revision)
            ]
        }
        guard order.isUnknownToStripe,
            let found = try await stripe.ask(
                for: order.tenant, { try await $0.unheardPaymentIntent(of: order, as: $1) })
        else { return [] }
        return [Sighting(fact: .paymentIntent(found), observation: .read, revision: order.revision)]
    }

    /// The session, which the order follows, and what it led to: a PaymentIntent counts here only once it is final, and a
    /// subscription is read under its own revision.
    private func checkout(_ id: String, of order: Order, _ context: JobContext) async throws -> [Sighting] {
        let session = try await stripe.ask(for: order.tenant) { try await $0.checkoutSession(id, as: $1) }
        var type: StripeEventType?
        var found: [Sighting] = []
        if session.status == .complete, let intent = session.paymentIntent {
            let fact = try await paymentIntent(intent, of: order)
            if fact.isFinal { found.append(.reported(fact)) }
            // A debit that came to nothing looks, by its session alone, like one that is under way.
            if case .paymentIntent(let intent) = fact, intent.status == .requiresPaymentMethod {
                type = .checkoutSessionAsyncPaymentFailed
            }
        }
        found.append(
            Sighting(fact: .session(SessionFact(session, type: type)), observation: .read, revision: order.revision))
        guard session.status == .complete else { return found }
        if let subscription = session.subscription {
            let revision = try await context.database.read {
                try SubscriptionStore.revision(of: subscription, for: order.scope, in: $0)
            }
            let read = try await stripe.ask(for: order.tenant) { try await $0.subscription(subscription, as: $1) }
            found.append(
                Sighting(fact: .subscription(SubscriptionFact(read)), observation: .read, revision: revision))
        }
        return found
    }

    private func paymentIntent(_ id: String, of order: Order) async throws -> StripeFact {
        .paymentIntent(try await stripe.ask(for: order.tenant) { try await $0.paymentIntent(id, as: $1) })
    }
}

extension Order {
    /// Nothing that Stripe made for it is known here.
    fileprivate var isUnknownToStripe: Bool { paymentIntent == nil && checkoutSession == nil && subscription == nil }
}
