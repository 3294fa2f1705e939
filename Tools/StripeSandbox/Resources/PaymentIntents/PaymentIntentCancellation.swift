/// `POST /v1/payment_intents/{id}/cancel`: ends an intent, and gives back what was only authorized.
enum PaymentIntentCancellation {
    @Sendable static func cancel(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        let intent = try transaction.paymentIntent(call)
        let status = intent.intentStatus
        guard IntentStatus.cancelable.contains(status) else {
            throw .unexpectedState(
                "You cannot cancel this PaymentIntent because it has a status of \(status.rawValue). Only a PaymentIntent "
                    + "with one of the following statuses may be canceled: \(IntentStatus.list(IntentStatus.cancelable)).",
                intent)
        }
        guard intent.hidden["invoice"].isNull else {
            throw .unexpectedState(
                "You cannot cancel this PaymentIntent because it is for an invoice. Void the invoice instead.", intent)
        }
        return transaction.cancel(intent, because: call["cancellation_reason"]).body
    }
}

extension Transaction {
    /// Ends an intent, and lets go what it held.
    /// - Parameter type: how that is told of the charge.
    func cancel(_ intent: Record, because reason: JSON, telling type: String = "charge.refunded") -> Record {
        var intent = intent
        if intent.intentStatus == .requiresCapture,
            var charge = intent["latest_charge"].string.flatMap({ record(.charge, $0) })
        {
            charge["amount_refunded"] = charge["amount"]
            charge["refunded"] = true
            put(charge)
            emit(type, charge.body)
        }
        intent["canceled_at"] = .int(now)
        intent["cancellation_reason"] = reason
        intent["amount_capturable"] = 0
        intent["next_action"] = nil
        intent.hidden.remove("challenge")
        intent.intentStatus = .canceled
        put(intent)
        emit("payment_intent.canceled", intent.body)
        paymentChanged(intent)
        return intent
    }

    /// What was held for a week and not captured is let go.
    func expireAuthorization(_ id: String) {
        guard let intent = record(.paymentIntent, id), intent.intentStatus == .requiresCapture else { return }
        _ = cancel(intent, because: "automatic", telling: "charge.expired")
    }
}
