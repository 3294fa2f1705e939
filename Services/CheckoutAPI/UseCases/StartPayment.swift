import Commerce
import Database
import HTTPTypes
import Logging
import Security
import ServiceRuntime
import StripeClient
import StripeModels

/// Makes an order and its PaymentIntent: `POST /v1/payment_intents`.
///
/// The order is on disk before Stripe is asked, and the key of that call comes from it (`ord_…:create:1`), so a repeated
/// request finds the same PaymentIntent whatever broke in between.
///
/// - Stripe refuses for good (4xx): the order is `failed`, the answer is kept under the `Idempotency-Key`. No
///   `order.failed` is delivered: this answer told the caller, and nobody else knows of the order yet.
/// - Stripe cannot be reached, answers 429, or refuses the tenant's keys: nothing is kept, and with an
///   `Idempotency-Key` the order stays `pending` for the request that comes again. Without one nobody can resume it,
///   since nobody was told its id or has a client secret: it is `canceled` at once, with the failure in its history.
///   Should Stripe have made the PaymentIntent all the same, then nobody can pay it.
struct StartPayment: TwoStepCall {
    let wanted: PaymentRequest
    let caller: Caller
    let stripe: StripeAccess
    let keys: KeyRing
    let requestID: String

    struct Note: Sendable {
        let order: Order
    }

    enum Answer: Sendable {
        case made(PaymentIntent)
        case refused(APIError)
    }

    func begin(resuming order: OrderID?, in connection: Connection) throws -> Begun<Note> {
        if let order, let resumed = try OrderStore.get(order, for: caller.scope, in: connection) {
            return .noted(Note(order: resumed), order: order)
        }
        let order = try OrderStore.insert(
            try wanted.order(for: caller.scope, in: connection), for: caller.scope,
            cause: .request(requestID, "payment started"), in: connection)
        return .noted(Note(order: order), order: order.id)
    }

    func ask(by note: Note) async throws -> Answer {
        do {
            if note.order.paymentIntent == nil { try await stripe.checkCustomer(note.order.customer) }
            return .made(try await stripe.paymentIntent(of: note.order))
        } catch let refusal as StripeRefusal {
            return .refused(refusal.error)
        }
    }

    func finish(_ note: Note, with answer: Answer, in connection: Connection) throws -> Reply {
        switch answer {
        case .made(let intent):
            let secret = intent.clientSecret.map(Secret.init)
            let order = try OrderStore.attachPaymentIntent(
                intent.id, clientSecret: secret, to: note.order.id, for: caller.scope, keys: keys, in: connection)
            return try Reply(
                .created,
                OrderJSON(order, clientSecret: secret, publishableKey: caller.key.tenant.stripePublishableKey))
        case .refused(let error):
            return try stripe.refuse(note.order, with: error, requestID, in: connection)
        }
    }

    func giveUp(_ note: Note, after error: any Error, isRepeatable: Bool, in connection: Connection) throws {
        try stripe.giveUp(on: note.order, after: error, isRepeatable: isRepeatable, requestID, in: connection)
    }
}
