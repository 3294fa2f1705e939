/// `POST /v1/payment_intents/{id}/confirm`, by a server or by a buyer's page.
enum PaymentIntentConfirmation {
    @Sendable static func confirm(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        guard call.isPublishable else { return try confirmed(call, transaction) }
        do throws(StripeFailure) {
            return PaymentIntentResource.browserView(try confirmed(call, transaction))
        } catch {
            var failure = error
            let intent = failure.details["payment_intent"]
            if !intent.isNull { failure.details["payment_intent"] = PaymentIntentResource.browserView(intent) }
            throw failure
        }
    }

    private static func confirmed(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        var intent = try transaction.paymentIntent(call)
        switch intent.intentStatus {
        case .requiresPaymentMethod, .requiresConfirmation, .requiresAction:
            break
        case .succeeded, .requiresCapture, .processing:
            throw .unexpectedState(
                "You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.",
                intent)
        case .canceled:
            throw .unexpectedState(
                "You cannot confirm this PaymentIntent because it has a status of canceled. Only a PaymentIntent with one "
                    + "of the following statuses may be confirmed: requires_confirmation, requires_action.", intent)
        }
        try IntentParameters.check(call, amount: intent["amount"].int ?? 0)
        if let amount = call["amount_to_confirm"].int, amount != intent["amount"].int {
            throw .impossible(
                "The provided amount_to_confirm does not match the amount of the PaymentIntent.",
                code: "payment_intent_unexpected_state", param: "amount_to_confirm")
        }
        try IntentParameters.apply(call, to: &intent, transaction)
        transaction.put(intent)
        return try transaction.confirm(intent, Confirmation(call))
    }
}

/// How an intent is confirmed.
struct Confirmation: Sendable {
    var offSession = false
    /// A demand for 3-D Secure is a decline.
    var refusesActions = false
    var returnURL: String?
    var baseURL: String
}

extension Confirmation {
    init(_ call: Call) {
        offSession = !call["off_session"].isNull && call["off_session"] != "false"
        refusesActions = call["error_on_requires_action"].isTrue
        // A page that shows the challenge itself, over its own, wants no redirect.
        returnURL = call["use_stripe_sdk"].isTrue ? nil : call["return_url"].string
        baseURL = call.baseURL
    }
}
