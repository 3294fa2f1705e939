/// The saving of a way to pay, for payments to come.
package struct SetupIntent: StripeResource {
    package static let objectName = "setup_intent"

    package let id: String
    package let status: Status
    package let customer: String?
    /// What was saved, once it succeeded.
    package let paymentMethod: String?
    /// Lets the buyer's page finish this setup. Never logged.
    package let clientSecret: String?
    /// Why the last attempt failed; a later one may still succeed.
    package let lastSetupError: StripeErrorBody?
    package let metadata: [String: String]
    package let livemode: Bool
    /// Seconds since 1970.
    package let created: Int64

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.fields(of: Self.objectName)
        id = try fields.required("id")
        status = try fields.required("status")
        customer = try fields.id("customer")
        paymentMethod = try fields.id("payment_method")
        clientSecret = try fields.optional("client_secret")
        lastSetupError = fields.readable("last_setup_error")
        metadata = try fields.metadata()
        livemode = try fields.required("livemode")
        created = try fields.required("created")
    }

    package enum Status: OpenEnum {
        case requiresPaymentMethod
        case requiresConfirmation
        case requiresAction
        case processing
        case canceled
        case succeeded
        case unknown(String)

        package static let known: [String: Self] = [
            "requires_payment_method": .requiresPaymentMethod,
            "requires_confirmation": .requiresConfirmation,
            "requires_action": .requiresAction,
            "processing": .processing,
            "canceled": .canceled,
            "succeeded": .succeeded,
        ]

        package var unknownName: String? {
            if case .unknown(let name) = self { name } else { nil }
        }
    }
}
