import Commerce
import Database
import HTTPTypes
import ServiceRuntime
import StripeClient
import StripeModels

/// Makes a customer at Stripe: `POST /v1/customers`.
///
/// No row of ours stands for it before it is there, so the call's key comes from the request: see `CallKey`.
struct CreateCustomer: TwoStepCall {
    let form: CustomerForm
    let keyBase: String
    let scope: TenantScope
    let stripe: StripeAccess
    let requestID: String

    enum Answer: Sendable {
        case made(Customer)
        case refused(APIError)
    }

    func begin(resuming order: OrderID?, in connection: Connection) throws -> Begun<CustomerForm> {
        var marked = form
        marked.metadata.merge(StripeMark.of(scope)) { _, own in own }
        return .noted(marked, order: nil)
    }

    func ask(by marked: CustomerForm) async throws -> Answer {
        do {
            return .made(
                try await stripe.call(under: keyBase) { [client = stripe.client] key, credentials in
                    try await client.createCustomer(marked, idempotencyKey: key, as: credentials)
                })
        } catch let refusal as StripeRefusal {
            return .refused(refusal.error)
        }
    }

    func finish(_ marked: CustomerForm, with answer: Answer, in connection: Connection) throws -> Reply {
        switch answer {
        case .made(let customer):
            try CustomerStore.note(customer.id, email: customer.email, for: scope, in: connection)
            return try Reply(.created, CustomerJSON(customer))
        case .refused(let error):
            return Reply(error, requestID: requestID)
        }
    }

    func giveUp(
        _ marked: CustomerForm, after error: any Error, isRepeatable: Bool, in connection: Connection
    ) throws {}
}
