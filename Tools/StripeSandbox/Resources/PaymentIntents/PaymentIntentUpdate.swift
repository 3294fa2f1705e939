import OrderedCollections
import StripeModels

/// `POST /v1/payment_intents/{id}`.
enum PaymentIntentUpdate {
    /// What may be changed whatever the status.
    private static let always: Set<String> = ["metadata", "description", "receipt_email", "shipping", "expand"]

    @Sendable static func update(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        var intent = try transaction.paymentIntent(call)
        if !intent.intentStatus.isOpen, let name = call.parameters.fields.keys.first(where: { !always.contains($0) }) {
            throw .unexpectedState(
                "This PaymentIntent's \(name) could not be updated because it has a status of "
                    + "\(intent.intentStatus.rawValue). You may only update the \(name) of a PaymentIntent with one of the "
                    + "following statuses: \(IntentStatus.list(IntentStatus.open)).", intent)
        }
        do throws(AmountError) {
            if let currency = call["currency"].string {
                intent["currency"] = .string(try Currency(validating: currency).rawValue)
            }
            if let amount = call["amount"].int { intent["amount"] = .int(amount) }
            if call.isSent("amount") || call.isSent("currency") {
                try Currency(rawValue: intent["currency"].string ?? "").checkCharge(intent["amount"].int ?? 0)
            }
        } catch {
            throw .wrongMoney(error)
        }
        try IntentParameters.check(call, amount: intent["amount"].int ?? 0)
        try IntentParameters.apply(call, to: &intent, transaction)
        transaction.put(intent)
        return intent.body
    }
}
