import Commerce
import Database
import HTTPTypes
import Logging
import Security
import ServiceRuntime
import StripeModels

/// Cancels an order that is not paid: `POST /v1/orders/{id}/cancel`.
///
/// What a buyer could still pay is taken away at Stripe first: a Checkout Session that is open is expired, else the
/// PaymentIntent is canceled. If the buyer was faster, Stripe refuses; what they paid is read, the order follows it, and
/// the answer is 400 `order_already_paid`. An order whose PaymentIntent we never heard of (we crashed, or Stripe was
/// away) gets it by the same call that began it, so that none is left behind that could be paid. One that Stripe refused
/// to make anything for, and one whose Checkout Session nobody was told of, is canceled without asking.
struct CancelOrder: TwoStepCall {
    let id: OrderID
    let caller: Caller
    let stripe: StripeAccess
    let keys: KeyRing
    let requestID: String
    let logger: Logger

    struct Note: Sendable {
        let order: Order
    }

    enum Answer: Sendable {
        /// What they are now, where they were asked for.
        case read(CheckoutSession?, PaymentIntent?)
        case refused(APIError)
    }

    func begin(resuming: OrderID?, in connection: Connection) throws -> Begun<Note> {
        guard let order = try OrderStore.get(id, for: caller.scope, in: connection) else {
            throw APIError.noSuchOrder
        }
        // A request that is repeated, or comes after an event told of it, has nothing left to do.
        if order.status == .canceled { return .answered(try Reply(.ok, OrderJSON(order))) }
        if let conflict = Self.conflict(of: order) { return .answered(Reply(conflict, requestID: requestID)) }
        if Self.isBeyondReach(order) {
            let move = try OrderStore.move(
                id, for: caller.scope, by: .canceled, cause: cause, expecting: order.revision, in: connection)
            return .answered(try Reply(.ok, OrderJSON(try Fulfillment.follow(move, in: connection))))
        }
        guard order.checkoutSession != nil else { return .noted(Note(order: order), order: order.id) }
        // From now on a session that expires makes the order canceled, whoever tells of it first.
        let wanted = try OrderStore.requestCancel(id, for: caller.scope, in: connection)
        return .noted(Note(order: wanted), order: order.id)
    }

    /// Nobody can pay it: Stripe refused for good, or the session's address was never told.
    private static func isBeyondReach(_ order: Order) -> Bool {
        if order.checkoutMode != nil { return order.checkoutSession == nil }
        return order.status == .failed && order.paymentIntent == nil
    }

    func ask(by note: Note) async throws -> Answer {
        do {
            guard let session = note.order.checkoutSession else { return .read(nil, try await canceled(note.order)) }
            let ended =
                note.order.checkoutStatus == .complete
                ? try await stripe.checkoutSession(session)
                : try await stripe.expireCheckoutSession(session, of: note.order)
            // The buyer is through, and the money may only be authorized.
            guard ended.status == .complete, ended.paymentStatus == .unpaid, let intent = ended.paymentIntent else {
                return .read(ended, nil)
            }
            return .read(ended, try await canceled(intent, of: note.order))
        } catch let refusal as StripeRefusal {
            return .refused(refusal.error)
        }
    }

    /// The PaymentIntent of an order without a page of Stripe's, canceled if that still can be.
    private func canceled(_ order: Order) async throws -> PaymentIntent {
        if let known = order.paymentIntent { return try await canceled(known, of: order) }
        if order.isOffSession {
            // Asking for it would charge the card.
            guard let unheard = try await stripe.unheardPaymentIntent(of: order) else {
                throw StripeRefusal(error: .orderNotCancelable("it is not known yet whether the card was charged"))
            }
            return try await canceled(unheard.id, of: order)
        }
        return try await canceled(try await stripe.paymentIntent(of: order).id, of: order)
    }

    private func canceled(_ intent: String, of order: Order) async throws -> PaymentIntent {
        do {
            return try await stripe.cancelPaymentIntent(intent, of: order)
        } catch let refusal as StripeRefusal where refusal.isAboutState {
            return try await stripe.paymentIntent(intent)
        }
    }

    func finish(_ note: Note, with answer: Answer, in connection: Connection) throws -> Reply {
        switch answer {
        case .refused(let error):
            return Reply(error, requestID: requestID)
        case .read(let session, let intent):
            var order = note.order
            if let session { order = try follow(session, since: order, in: connection) }
            if let intent { order = try follow(intent, since: order, in: connection) }
            if order.status == .canceled { return try Reply(.ok, OrderJSON(order)) }
            return Reply(
                Self.conflict(of: order) ?? .orderNotCancelable("it is \(order.status.rawValue)"),
                requestID: requestID)
        }
    }

    private var cause: OrderCause { .request(requestID, "cancel") }

    private func follow(
        _ session: CheckoutSession, since order: Order, in connection: Connection
    ) throws -> Order {
        let move = try OrderStore.apply(
            session: SessionFact(session), .read, for: caller.scope, cause: cause, expecting: order.revision,
            in: connection)
        guard let move else { throw APIError.noSuchOrder }
        return try follow(move, in: connection)
    }

    private func follow(_ intent: PaymentIntent, since order: Order, in connection: Connection) throws -> Order {
        try follow(
            try OrderStore.apply(
                intent, .read, to: id, for: caller.scope, cause: cause, expecting: order.revision, in: connection),
            in: connection)
    }

    private func follow(_ move: OrderMove, in connection: Connection) throws -> Order {
        if let anomaly = move.anomaly, anomaly.isNew {
            logger.error(
                "An order contradicts its payment",
                metadata: ["order": "\(id)", "anomaly": "\(anomaly.code)", "detail": "\(anomaly.message)"])
        }
        return try Fulfillment.follow(move, in: connection)
    }

    /// Nothing was noted that would have to be undone: the order is what Stripe says, and an event will tell.
    func giveUp(_ note: Note, after error: any Error, isRepeatable: Bool, in connection: Connection) throws {
        // The version of a charge that nobody heard of is in its key: see `ChargeSavedCard`.
        guard !note.order.isOffSession || note.order.paymentIntent != nil else { return }
        try stripe.noteUsedUpKey(error, on: note.order, requestID, in: connection)
    }

    /// Why an order in this state can no longer be canceled; nil where Stripe is to be asked.
    private static func conflict(of order: Order) -> APIError? {
        switch order.status {
        case .pending, .requiresAction, .processing, .failed, .canceled: nil
        case .paid, .active, .pastDue, .partiallyRefunded, .refunded, .disputed, .ended: .orderAlreadyPaid
        case .expired: .orderNotCancelable("it is \(order.status.rawValue)")
        }
    }
}
