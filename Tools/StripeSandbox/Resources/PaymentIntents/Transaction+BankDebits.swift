/// Payments that a bank is asked for, and that come or do not come later.
extension Transaction {
    /// Asks the bank: the intent is `processing` until it answers.
    func beginDebit(of intent: Record, _ method: Record, _ outcome: BankOutcome) -> JSON {
        var intent = intent
        let charge = makeCharge(for: intent, method, .pending)
        intent["latest_charge"] = .string(charge.id)
        intent.intentStatus = .processing
        put(intent)
        if outcome != .neverSettles { appoint(.settlePayment, intent.id) }
        emit("charge.pending", charge.body)
        emit("payment_intent.processing", intent.body)
        paymentChanged(intent)
        return intent.body
    }

    /// The bank answers as the account's number foretold.
    func settlePayment(_ id: String) {
        guard let intent = record(.paymentIntent, id), case .settlesLater(let outcome) = debitBehaviour(of: intent)
        else { return }
        finishDebit(of: intent, outcome)
    }

    /// The bank answers.
    func finishDebit(of intent: Record, _ outcome: BankOutcome) {
        guard intent.intentStatus == .processing,
            let method = intent["payment_method"].string.flatMap({ record(.paymentMethod, $0) }),
            var charge = intent["latest_charge"].string.flatMap({ record(.charge, $0) })
        else { return }
        if case .fails(let refusal) = outcome {
            charge["status"] = "failed"
            charge["amount_captured"] = 0
            charge["failure_code"] = .string(refusal.rawValue)
            charge["failure_message"] = .string(refusal.message)
            put(charge)
            emit("charge.failed", charge.body)
            var failure = StripeFailure(
                status: 402, type: "card_error", code: refusal.rawValue, message: refusal.message)
            failure.details = ["charge": .string(charge.id), "payment_method": method.body]
            _ = leave(failure, on: intent)
            return
        }
        var intent = intent
        charge["status"] = "succeeded"
        charge["paid"] = true
        settle(&charge, amount: charge["amount"].int ?? 0)
        put(charge)
        intent["amount_received"] = intent["amount"]
        intent.intentStatus = .succeeded
        put(intent)
        keepOrUseUp(method, after: intent)
        emit("charge.succeeded", charge.body)
        emit("payment_intent.succeeded", intent.body)
        paymentChanged(intent)
    }

    private func debitBehaviour(of intent: Record) -> CardBehaviour? {
        intent["payment_method"].string.flatMap { record(.paymentMethod, $0) }.map { CardBehaviour(stored: $0.hidden) }
    }
}
