import Commerce
import Database
import HTTPTypes
import Logging
import Security
import ServiceRuntime
import StripeModels

/// Cancels an order that is not paid: `POST /v1/orders/{id}/cancel`.
///
/// The PaymentIntent is canceled first, for what Stripe still lets a buyer pay must not be canceled here. If the buyer
/// was faster, Stripe refuses; the PaymentIntent is read, the order follows it, and the answer is 400
/// `order_already_paid`. An order whose PaymentIntent we never heard of (we crashed, or Stripe was away) gets it by the
/// same call that began it, so that none is left behind that could be paid. One that Stripe refused to make a
/// PaymentIntent for has none, and is canceled without asking.
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

    /// What the order's PaymentIntent is now.
    enum Answer: Sendable {
        case read(PaymentIntent)
        case refused(APIError)
    }

    func begin(resuming: OrderID?, in connection: Connection) throws -> Begun<Note> {
        guard let order = try OrderStore.get(id, for: caller.scope, in: connection) else {
            throw APIError.noSuchOrder
        }
        // A request that is repeated, or comes after an event told of it, has nothing left to do.
        if order.status == .canceled { return .answered(try Reply(.ok, OrderJSON(order))) }
        if let conflict = Self.conflict(of: order) { return .answered(Reply(conflict, requestID: requestID)) }
        // Only a final refusal of Stripe's leaves an order like this: there is nothing that a buyer could pay.
        if order.status == .failed, order.paymentIntent == nil {
            let move = try OrderStore.move(
                id, for: caller.scope, by: .canceled, cause: .request(requestID, "cancel"), expecting: order.revision,
                in: connection)
            return .answered(try Reply(.ok, OrderJSON(try Fulfillment.follow(move, in: connection))))
        }
        return .noted(Note(order: order), order: order.id)
    }

    func ask(by note: Note) async throws -> Answer {
        do {
            let intent =
                if let known = note.order.paymentIntent {
                    known
                } else {
                    try await stripe.paymentIntent(of: note.order).id
                }
            do {
                return .read(try await stripe.cancelPaymentIntent(intent, of: note.order))
            } catch let refusal as StripeRefusal where refusal.isAboutState {
                return .read(try await stripe.paymentIntent(intent))
            }
        } catch let refusal as StripeRefusal {
            return .refused(refusal.error)
        }
    }

    func finish(_ note: Note, with answer: Answer, in connection: Connection) throws -> Reply {
        switch answer {
        case .refused(let error):
            return Reply(error, requestID: requestID)
        case .read(let intent):
            let move = try OrderStore.apply(
                intent, .read, to: id, for: caller.scope, cause: .request(requestID, "cancel"),
                expecting: note.order.revision, in: connection)
            if let anomaly = move.anomaly, anomaly.isNew {
                logger.error(
                    "An order contradicts its PaymentIntent",
                    metadata: ["order": "\(id)", "anomaly": "\(anomaly.code)", "detail": "\(anomaly.message)"])
            }
            let order = try Fulfillment.follow(move, in: connection)
            if order.status == .canceled { return try Reply(.ok, OrderJSON(order)) }
            return Reply(Self.conflict(of: order) ?? .orderNotCancelable(order.status), requestID: requestID)
        }
    }

    /// Nothing was noted that would have to be undone: the order is what Stripe says, and an event will tell.
    func giveUp(_ note: Note, after error: any Error, isRepeatable: Bool, in connection: Connection) throws {
        try stripe.noteUsedUpKey(error, on: note.order, requestID, in: connection)
    }

    /// Why an order in this state can no longer be canceled; nil where Stripe is to be asked.
    private static func conflict(of order: Order) -> APIError? {
        switch order.status {
        case .pending, .requiresAction, .processing, .failed, .canceled: nil
        case .paid, .active, .pastDue, .partiallyRefunded, .refunded, .disputed, .ended: .orderAlreadyPaid
        case .expired: .orderNotCancelable(order.status)
        }
    }
}
