import Commerce
import Database
import Logging
import Messaging
import Security
import StripeModels

/// Applies one stored event of a PaymentIntent to the order it belongs to.
///
/// An event is a hint. A final state of the PaymentIntent (succeeded, canceled) decides alone; anything else may have
/// been overtaken, so the PaymentIntent is read again at Stripe. The order's move, its history, the delivery that
/// follows, the event's state and the job's completion are one transaction: a repeated or late event, a lost lease or
/// a crash at any moment changes nothing twice.
struct ApplyStripeEvent: JobHandler {
    let kind = JobKind.applyStripeEvent
    /// About fifteen hours in all: Stripe's outages end, a key that was revoked gets mended.
    let retry = RetryPolicy.exponential(first: .seconds(2), cap: .seconds(3600), attempts: 25)
    let timeLimit: Duration = .seconds(120)

    let stripe: PaymentIntentReader

    func run(_ job: ClaimedJob, _ context: JobContext) async throws {
        let event = try await storedEvent(of: job, context)
        guard ActedOnEvents.contains(event.row.type) else {
            // An operator replayed it, among others.
            return try await context.complete { try EventInbox.mark(event.row.id, .ignored, in: $0) }
        }
        let reported = try Self.paymentIntent(in: event)
        let scope = TenantScope(tenant: event.row.tenant, livemode: event.row.livemode)
        guard let order = try await context.database.read({ try Self.order(of: reported, scope, in: $0) }) else {
            // The tenant's account has other users than this program.
            return try await context.complete { try EventInbox.mark(event.row.id, .ignored, in: $0) }
        }
        let mustRead = !reported.status.isFinal && order.status.awaitsPayment
        let intent = mustRead ? try await stripe.read(reported.id, for: scope.tenant) : reported
        let sighting = Sighting(
            intent: intent, observation: mustRead ? .read : .reported,
            // The row was looked at before Stripe was: if it moved meanwhile, what was read may be older than the row.
            revision: mustRead ? order.revision : nil)
        report(try await apply(sighting, to: order, of: event.row, context), event.row, context.logger)
    }

    func buried(_ job: ClaimedJob, in connection: Connection) throws {
        // A payload that cannot be read names no event.
        guard let event = try? job.payload(ApplyEventPayload.self).event else { return }
        try EventInbox.mark(event, .failed, in: connection)
    }

    /// A PaymentIntent, how it was come by, and the order's revision before that.
    private struct Sighting {
        let intent: PaymentIntent
        let observation: Observation
        let revision: Int64?
    }

    // MARK: Reading

    private func storedEvent(of job: ClaimedJob, _ context: JobContext) async throws -> StoredEvent {
        let id = try job.payload(ApplyEventPayload.self).event
        let (stored, account) = try await context.database.read { connection in
            let event = try EventInbox.event(id, in: connection)
            return (event, try event.flatMap { try TenantStore.get($0.row.tenant, in: connection) }?.stripeAccount)
        }
        guard let event = stored else {
            throw JobFailure.bury("Event \(id) is no longer stored; nothing was applied.")
        }
        // The router gives no job to these. The tenant's account may have been changed since.
        guard event.row.account == account else {
            throw JobFailure.bury("Event \(id) is not of the tenant's Stripe account; nothing was applied.")
        }
        return event
    }

    private static func paymentIntent(in event: StoredEvent) throws -> PaymentIntent {
        do {
            return try StripeEvent.decode(object: PaymentIntent.self, from: event.body)
        } catch {
            throw JobFailure.bury("The PaymentIntent in event \(event.row.id) cannot be read: \(error)")
        }
    }

    /// The order that `intent` pays: by its id, or, where the API was stopped between Stripe's answer and storing that
    /// id, by the order's id in the metadata that the API sent. Only ever an order of this tenant and mode.
    private static func order(
        of intent: PaymentIntent, _ scope: TenantScope, in connection: Connection
    ) throws -> Order? {
        if let order = try OrderStore.byPaymentIntent(intent.id, for: scope, in: connection) { return order }
        guard let id = Order.id(inStripeMetadata: intent.metadata) else { return nil }
        return try OrderStore.get(id, for: scope, in: connection)
    }

    // MARK: Writing

    private func apply(
        _ sighting: Sighting, to order: Order, of event: EventRow, _ context: JobContext
    ) async throws -> OrderMove {
        do {
            return try await context.complete { connection in
                let move = try OrderStore.apply(
                    sighting.intent, sighting.observation, to: order.id, for: order.scope,
                    cause: .stripeEvent(event.stripeEventID, type: event.type), expecting: sighting.revision,
                    in: connection)
                _ = try Fulfillment.follow(move, in: connection)
                try EventInbox.mark(event.id, move.isRefusal ? .failed : .applied, in: connection)
                return move
            }
        } catch let error as CommerceError where error.code == .orderChanged {
            // Another event of this order was applied meanwhile: look again.
            throw JobFailure.release("The order moved while its PaymentIntent was read.", after: .zero)
        }
    }

    private func report(_ move: OrderMove, _ event: EventRow, _ logger: Logger) {
        var about: Logger.Metadata = [
            "order.id": "\(move.order.id)", "event.id": "\(event.id)", "event.type": "\(event.type)",
        ]
        if move.moved {
            about["from"] = "\(move.from.rawValue)"
            about["to"] = "\(move.order.status.rawValue)"
            logger.info("Order moved", metadata: about)
        }
        guard let anomaly = move.anomaly, anomaly.isNew else { return }
        WorkerMetrics.count(anomaly.code, tenant: event.tenant)
        about["anomaly"] = "\(anomaly.code.rawValue)"
        about["detail"] = "\(anomaly.message)"
        logger.error("A payment does not fit its order", metadata: about)
    }
}

extension OrderStatus {
    /// Whether a payment that is not final yet can move it. Behind every other status is a PaymentIntent in its final
    /// state, which no later reading contradicts: no need to ask Stripe.
    var awaitsPayment: Bool {
        switch self {
        case .pending, .requiresAction, .processing, .failed: true
        case .paid, .active, .canceled, .expired, .pastDue, .partiallyRefunded, .refunded, .disputed, .ended: false
        }
    }
}

extension OrderMove {
    /// Whether the payment was not taken for the order's. One that paid too much was.
    fileprivate var isRefusal: Bool { anomaly.map { $0.code != .overpaid } ?? false }
}
