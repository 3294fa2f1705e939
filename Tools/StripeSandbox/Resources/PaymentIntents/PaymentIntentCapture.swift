/// `POST /v1/payment_intents/{id}/capture`: takes all of what was authorized, or a part and lets the rest go.
enum PaymentIntentCapture {
    @Sendable static func capture(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        var intent = try transaction.paymentIntent(call)
        guard intent.intentStatus == .requiresCapture,
            var charge = intent["latest_charge"].string.flatMap({ transaction.record(.charge, $0) })
        else {
            throw .unexpectedState(
                "This PaymentIntent could not be captured because it has a status of \(intent.intentStatus.rawValue). Only a "
                    + "PaymentIntent with one of the following statuses may be captured: requires_capture.", intent)
        }
        let authorized = intent["amount_capturable"].int ?? 0
        let amount = call["amount_to_capture"].int ?? authorized
        guard amount >= 1 else {
            throw .invalid(
                "This value must be greater than or equal to 1.", code: "parameter_invalid_integer",
                param: "amount_to_capture")
        }
        guard amount <= authorized else {
            throw .impossible(
                "The requested capture amount is greater than the authorized amount.", code: "amount_too_large",
                param: "amount_to_capture")
        }
        if call["final_capture"] == false {
            throw .impossible("This charge cannot be captured more than once.", param: "final_capture")
        }
        try IntentParameters.check(call, amount: amount)
        for name in ["application_fee_amount", "statement_descriptor", "statement_descriptor_suffix"]
        where call.isSent(name) {
            intent[name] = call[name]
            charge[name] = call[name]
        }
        intent["metadata"] = try Metadata.merged(intent["metadata"], with: call)
        intent["amount_capturable"] = 0
        intent["amount_received"] = .int(amount)
        intent.intentStatus = .succeeded
        transaction.put(intent)
        charge["amount_captured"] = .int(amount)
        charge["amount_refunded"] = .int(authorized - amount)
        charge["captured"] = true
        transaction.settle(&charge, amount: amount)
        transaction.put(charge)
        transaction.emit("charge.captured", charge.body)
        transaction.emit("payment_intent.succeeded", intent.body)
        transaction.paymentChanged(intent)
        return intent.body
    }
}
