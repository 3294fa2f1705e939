/// `POST /v1/payment_intents/{id}/cancel`: ends an intent, and gives back what was only authorized.
enum PaymentIntentCancellation {
    @Sendable static func cancel(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        var intent = try transaction.paymentIntent(call)
        let status = intent.intentStatus
        guard IntentStatus.cancelable.contains(status) else {
            throw .unexpectedState(
                "You cannot cancel this PaymentIntent because it has a status of \(status.rawValue). Only a PaymentIntent "
                    + "with one of the following statuses may be canceled: \(IntentStatus.list(IntentStatus.cancelable)).",
                intent)
        }
        if status == .requiresCapture,
            var charge = intent["latest_charge"].string.flatMap({ transaction.record(.charge, $0) })
        {
            charge["amount_refunded"] = charge["amount"]
            charge["refunded"] = true
            transaction.put(charge)
            transaction.emit("charge.refunded", charge.body)
        }
        intent["canceled_at"] = .int(transaction.now)
        intent["cancellation_reason"] = call["cancellation_reason"]
        intent["amount_capturable"] = 0
        intent["next_action"] = nil
        intent.hidden.remove("challenge")
        intent.intentStatus = .canceled
        transaction.put(intent)
        transaction.emit("payment_intent.canceled", intent.body)
        return intent.body
    }
}
