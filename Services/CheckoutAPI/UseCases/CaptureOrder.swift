import Commerce
import Database
import HTTPTypes
import ServiceRuntime
import StripeModels

/// Takes the money of an order whose payment is authorized: `POST /v1/orders/{id}/capture`.
///
/// Stripe captures a PaymentIntent once, whatever the key, so a key that was used up may change here. What it refuses
/// for the PaymentIntent's state is answered by reading it.
struct CaptureOrder: TwoStepCall {
    let id: OrderID
    /// Minor units of the order's currency; nil for all of it. What is not captured is let go.
    let amount: Int64?
    let caller: Caller
    let stripe: StripeAccess
    let requestID: String

    struct Note: Sendable {
        let order: Order
        let paymentIntent: String
        let isResumed: Bool
    }

    enum Answer: Sendable {
        case captured(PaymentIntent)
        /// Stripe would not, since it is in this state.
        case read(PaymentIntent)
        case refused(APIError)
    }

    func begin(resuming: OrderID?, in connection: Connection) throws -> Begun<Note> {
        guard let order = try OrderStore.get(id, for: caller.scope, in: connection) else { throw APIError.noSuchOrder }
        if order.status.isPaid, resuming != nil { return .answered(try Reply(.ok, OrderJSON(order))) }
        if let conflict = conflict(of: order) { return .answered(Reply(conflict, requestID: requestID)) }
        guard let intent = order.paymentIntent else {
            return .answered(Reply(.orderNotCapturable("its payment has not begun"), requestID: requestID))
        }
        return .noted(Note(order: order, paymentIntent: intent, isResumed: resuming != nil), order: order.id)
    }

    func ask(by note: Note) async throws -> Answer {
        do {
            return .captured(
                try await stripe.capturePaymentIntent(note.paymentIntent, amount: amount, of: note.order))
        } catch let refusal as StripeRefusal {
            guard refusal.isAboutState else { return .refused(refusal.error) }
            return .read(try await stripe.paymentIntent(note.paymentIntent))
        }
    }

    func finish(_ note: Note, with answer: Answer, in connection: Connection) throws -> Reply {
        switch answer {
        case .refused(let error): return Reply(error, requestID: requestID)
        case .captured(let intent):
            return try Reply(.ok, OrderJSON(try follow(intent, note, in: connection)))
        case .read(let intent):
            let order = try follow(intent, note, in: connection)
            // Its own first try, whose answer was lost.
            if note.isResumed, order.status.isPaid { return try Reply(.ok, OrderJSON(order)) }
            return Reply(
                conflict(of: order) ?? .orderNotCapturable("its payment is not authorized yet"), requestID: requestID)
        }
    }

    private func follow(_ intent: PaymentIntent, _ note: Note, in connection: Connection) throws -> Order {
        let move = try OrderStore.apply(
            intent, .read, to: id, for: caller.scope, cause: .request(requestID, "capture"),
            expecting: note.order.revision, in: connection)
        return try Fulfillment.follow(move, in: connection)
    }

    func giveUp(_ note: Note, after error: any Error, isRepeatable: Bool, in connection: Connection) throws {
        try stripe.noteUsedUpKey(error, on: note.order, requestID, in: connection)
    }

    /// Why an order in this state cannot be captured; nil where Stripe is to be asked.
    private func conflict(of order: Order) -> APIError? {
        if order.status.isPaid { return .orderAlreadyCaptured }
        if order.status.isFinal { return .orderNotCapturable("it is \(order.status.rawValue)") }
        guard order.captureMethod == CaptureMethod.manual.rawValue else {
            return .orderNotCapturable("its capture_method is not manual")
        }
        return nil
    }
}
