import HTTPTypes
import Hummingbird
import NIOCore

/// `POST /_sandbox/payment_intents/{id}/settle?outcome=succeeded`: the bank answers a debit now, and as the caller says.
struct SettleRoute: Sendable {
    let store: StateStore

    func add(to router: Router<SandboxContext>) {
        router.post("/_sandbox/payment_intents/:id/settle") { request, context in
            let id = try context.parameters.require("id")
            let outcome = request.uri.queryParameters["outcome"].map(String.init) ?? "succeeded"
            guard ["succeeded", "failed"].contains(outcome) else {
                return ControlRoutes.refusal("An outcome is `succeeded` or `failed`.", .badRequest)
            }
            guard let scope = store.look({ world in world.books.keys.first { world.record(id, in: $0) != nil } }) else {
                return ControlRoutes.refusal("There is no PaymentIntent \(id).", .notFound)
            }
            let intent = try await store.transaction(in: scope) { (transaction) throws(StripeFailure) -> JSON? in
                guard let intent = transaction.record(.paymentIntent, id), intent.intentStatus == .processing else {
                    return nil
                }
                transaction.finishDebit(of: intent, outcome == "succeeded" ? .succeeds : .fails(.insufficientFunds))
                return transaction.record(.paymentIntent, id)?.body
            }
            guard let intent else {
                return ControlRoutes.refusal("The PaymentIntent \(id) is not processing.", .conflict)
            }
            return ControlRoutes.json(intent)
        }
    }
}
