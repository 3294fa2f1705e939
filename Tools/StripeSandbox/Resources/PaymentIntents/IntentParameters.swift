import OrderedCollections
import StripeModels

/// What creating, updating and confirming a PaymentIntent have in common.
enum IntentParameters {
    /// Fields that are kept as they are sent.
    private static let plain = [
        "application_fee_amount", "capture_method", "confirmation_method", "description", "on_behalf_of",
        "receipt_email", "setup_future_usage", "statement_descriptor", "statement_descriptor_suffix", "transfer_group",
        "allowed_payment_method_types", "excluded_payment_method_types",
    ]

    /// Rules that need no look at the books.
    static func check(_ call: Call, amount: Int64) throws(StripeFailure) {
        if let email = call["receipt_email"].string, !email.contains("@") {
            throw .invalid("Invalid email address: \(email)", code: "email_invalid", param: "receipt_email")
        }
        for name in ["statement_descriptor", "statement_descriptor_suffix"] {
            guard let text = call[name].string else { continue }
            guard (1...22).contains(text.count) else {
                throw .invalid("The `\(name)` must be at most 22 characters.", param: name)
            }
            guard !text.contains(where: { "<>\\'\"*".contains($0) }) else {
                throw .invalid(
                    "The `\(name)` must not contain any of the following characters: <, >, \\, ', \", *.", param: name)
            }
        }
        if let fee = call["application_fee_amount"].int, !(0...amount).contains(fee) {
            throw .invalid(
                "The `application_fee_amount` must be between 0 and the amount of the payment.",
                code: "parameter_invalid_integer", param: "application_fee_amount")
        }
        if call.isSent("application_fee_amount"), call.scope == call.key.scope, call["transfer_data"].isNull,
            call["on_behalf_of"].isNull
        {
            throw .invalid(
                "Can only apply an application_fee_amount when the PaymentIntent is attempting a direct payment (using an "
                    + "OAuth key or Stripe-Account header) or destination payment (using `transfer_data[destination]`).",
                param: "application_fee_amount")
        }
        if let url = call["return_url"].string, !url.contains("://") {
            throw .invalid(
                "Not a valid URL: an explicit scheme (such as https) must be provided.", code: "url_invalid",
                param: "return_url")
        }
        try PaymentMethodTypes.check(call)
    }

    static func apply(_ call: Call, to intent: inout Record, _ transaction: Transaction) throws(StripeFailure) {
        for name in plain where call.isSent(name) { intent[name] = call[name] }
        intent["metadata"] = try Metadata.merged(intent["metadata"], with: call)
        if call.isSent("shipping") { intent["shipping"] = Shipping.whole(call["shipping"]) }
        if call.isSent("transfer_data") { intent["transfer_data"] = try transferData(call, transaction) }
        if call.isSent("payment_method_options") {
            let card = call["payment_method_options"]["card"]
            for (name, value) in card.fields { intent["payment_method_options"]["card"][name] = value }
        }
        if let id = call["customer"].string { intent["customer"] = .string(try transaction.customer(id).id) }
        intent["payment_method_types"] = .array(
            PaymentMethodTypes.taken(
                in: intent["currency"].string, allowed: intent["allowed_payment_method_types"],
                excluded: intent["excluded_payment_method_types"]))
        if let method = try method(call, transaction) {
            try PaymentMethodTypes.check(method, for: intent)
            try belongs(method, to: intent)
            intent["payment_method"] = .string(method.id)
            if intent.intentStatus == .requiresPaymentMethod { intent.intentStatus = .requiresConfirmation }
        }
        if call.isSent("payment_method"), call["payment_method"].isNull {
            intent["payment_method"] = nil
            intent.intentStatus = .requiresPaymentMethod
        }
    }

    private static func transferData(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        let sent = call["transfer_data"]
        if let destination = sent["destination"].string, transaction.record(.account, destination) == nil {
            var failure = transaction.noSuch("destination", destination, param: "transfer_data[destination]")
            failure.status = 400
            throw failure
        }
        return ["amount": sent["amount"], "destination": sent["destination"]]
    }

    /// The payment method that the call names, or makes by `payment_method_data`.
    static func method(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> Record? {
        let data = call["payment_method_data"]
        if let id = call["payment_method"].string {
            guard data.isNull else {
                throw .invalid(
                    "You may only specify one of these parameters: payment_method, payment_method_data.",
                    param: "payment_method_data")
            }
            return try transaction.usablePaymentMethod(id, param: "payment_method")
        }
        return data.isNull ? nil : try transaction.makePaymentMethod(of: data, param: "payment_method_data")
    }

    /// A customer's payment method pays only for that customer.
    static func belongs(_ method: Record, to intent: Record) throws(StripeFailure) {
        guard let owner = method["customer"].string, owner != intent["customer"].string else { return }
        guard let customer = intent["customer"].string else {
            throw .impossible(
                "The payment method supplied (\(method.id)) belongs to a Customer. Please include the Customer in the "
                    + "`customer` parameter on the \(intent.kind == .setupIntent ? "SetupIntent" : "PaymentIntent").",
                param: "payment_method")
        }
        throw .impossible(
            "The payment method supplied (\(method.id)) does not belong to the Customer you supplied (\(customer)). Please "
                + "use this payment method with the Customer that it belongs to instead.", param: "payment_method")
    }
}
