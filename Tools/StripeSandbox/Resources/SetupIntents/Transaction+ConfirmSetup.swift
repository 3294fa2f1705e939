extension Transaction {
    /// Asks the payment method's bank, and the buyer if the bank demands it.
    /// - Throws: the decline; what it left (a failed attempt, the error on the intent) stays.
    func confirmSetup(_ intent: Record, _ how: Confirmation) throws(StripeFailure) -> JSON {
        var intent = intent
        guard let methodID = intent["payment_method"].string else {
            throw .unexpectedSetupState(
                "You cannot confirm this SetupIntent because it's missing a payment method. Update the SetupIntent with a "
                    + "payment method and then confirm it again.", intent)
        }
        let method = try usablePaymentMethod(methodID, param: "payment_method")
        intent["next_action"] = nil
        intent["last_setup_error"] = nil
        switch method.outcomeWhenCharged(offSession: false) {
        case .declined(let decline) where !method.hidden["attachable"].isTrue:
            throw self.decline(setup: intent, method, decline)
        // A card can be kept, and still fail when it is charged.
        case .approved, .pending, .declined: return finishSetup(intent, method, authenticated: false)
        case .challenge:
            demandChallenge(of: &intent, how)
            attempt(&intent, method, status: "requires_action")
            put(intent)
            emit("setup_intent.requires_action", intent.body)
            paymentChanged(intent)
            return intent.body
        }
    }

    /// The buyer has passed the challenge, or has failed it.
    func finishSetupChallenge(of intent: Record, passed: Bool) {
        var intent = intent
        guard intent.intentStatus == .requiresAction,
            let method = intent["payment_method"].string.flatMap({ record(.paymentMethod, $0) })
        else { return }
        intent["next_action"] = nil
        intent.hidden.remove("challenge")
        guard passed else {
            var failure = StripeFailure(
                status: 402, type: "invalid_request_error", code: "setup_intent_authentication_failure",
                message:
                    "The latest attempt to set up the payment method has failed because authentication failed. You can "
                    + "provide payment_method_data or a new PaymentMethod to attempt to fulfill this SetupIntent again."
            )
            failure.details = ["payment_method": method.body]
            _ = leave(failure, onSetup: intent, method)
            return
        }
        switch method.outcomeWhenCharged(offSession: false, authenticated: true) {
        case .approved, .challenge, .pending: _ = finishSetup(intent, method, authenticated: true)
        case .declined(let decline): _ = self.decline(setup: intent, method, decline)
        }
    }

    private func finishSetup(_ intent: Record, _ method: Record, authenticated: Bool) -> JSON {
        var (intent, method) = (intent, method)
        attempt(&intent, method, status: "succeeded", authenticated: authenticated)
        intent.intentStatus = .succeeded
        put(intent)
        if authenticated, intent["usage"] == "off_session" { method.hidden["set_up"] = true }
        put(method)
        if let customer = intent["customer"].string, method["customer"].isNull { attach(&method, to: customer) }
        emit("setup_intent.succeeded", intent.body)
        paymentChanged(intent)
        return intent.body
    }

    private func decline(setup intent: Record, _ method: Record, _ decline: Decline) -> StripeFailure {
        var failure = StripeFailure.declined(decline, method: method.body, charge: nil)
        failure.details["setup_intent"] = leave(failure, onSetup: intent, method).body
        failure.keepsEffects = true
        return failure
    }

    /// Has a setup wait for another payment method, and tells why.
    private func leave(_ failure: StripeFailure, onSetup intent: Record, _ method: Record) -> Record {
        var intent = intent
        attempt(&intent, method, status: "failed", error: failure.asLastError)
        intent["last_setup_error"] = failure.asLastError
        intent["payment_method"] = nil
        intent.intentStatus = .requiresPaymentMethod
        put(intent)
        emit("setup_intent.setup_failed", intent.body)
        paymentChanged(intent)
        return intent
    }

    /// Keeps what came of one try: a new one, or that which waited for the buyer.
    private func attempt(
        _ intent: inout Record, _ method: Record, status: String, authenticated: Bool = false, error: JSON = nil
    ) {
        let outcome: JSON = [
            "payment_method_details": method.detailsWhenSetUp(authenticated: authenticated), "setup_error": error,
            "status": .string(status),
        ]
        if var waiting = intent["latest_attempt"].string.flatMap({ record(.setupAttempt, $0) }),
            waiting["status"] == "requires_action"
        {
            waiting.body.merge(outcome)
            return put(waiting)
        }
        let id = Identifier.new(.setupAttempt)
        let body: JSON = [
            "id": .string(id), "object": "setup_attempt", "application": intent["application"], "created": .int(now),
            "customer": intent["customer"], "customer_account": nil, "flow_directions": intent["flow_directions"],
            "livemode": .bool(scope.livemode), "on_behalf_of": intent["on_behalf_of"],
            "payment_method": .string(method.id), "setup_intent": .string(intent.id), "usage": intent["usage"],
        ]
        insert(.setupAttempt, id: id, body.merging(outcome))
        intent["latest_attempt"] = .string(id)
    }
}
