extension Transaction {
    /// Charges the payment method of an intent, or asks the buyer to authenticate.
    /// - Throws: the decline; what it left (a failed charge, the error on the intent) stays.
    func confirm(_ intent: Record, _ how: Confirmation) throws(StripeFailure) -> JSON {
        var intent = intent
        guard let methodID = intent["payment_method"].string else {
            throw .unexpectedState(
                "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the "
                    + "PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a "
                    + "payment method or ConfirmationToken.", intent)
        }
        let method = try usablePaymentMethod(methodID, param: "payment_method")
        intent["next_action"] = nil
        intent["last_payment_error"] = nil
        switch method.outcomeWhenCharged(offSession: how.offSession) {
        case .approved:
            return approve(intent, method, authenticated: false)
        case .pending(let outcome):
            return beginDebit(of: intent, method, outcome)
        case .declined(let decline):
            throw self.decline(intent, method, decline, leavesCharge: true)
        case .challenge where how.refusesActions:
            throw decline(intent, method, .authenticationRequired, leavesCharge: false)
        case .challenge:
            return challenge(intent, how)
        }
    }

    /// The buyer has passed the challenge, or has failed it.
    func finishChallenge(of intent: Record, passed: Bool) {
        var intent = intent
        guard intent.intentStatus == .requiresAction,
            let method = intent["payment_method"].string.flatMap({ record(.paymentMethod, $0) })
        else { return }
        intent["next_action"] = nil
        intent.hidden.remove("challenge")
        guard passed else {
            failAuthentication(intent, method)
            return
        }
        switch method.outcomeWhenCharged(offSession: false, authenticated: true) {
        case .approved, .challenge, .pending: _ = approve(intent, method, authenticated: true)
        case .declined(let decline): _ = self.decline(intent, method, decline, leavesCharge: true)
        }
    }

    private func approve(_ intent: Record, _ method: Record, authenticated: Bool) -> JSON {
        var intent = intent
        var method = method
        // What is said for cards goes before what is said for all.
        let captureMethod = intent["payment_method_options"]["card"]["capture_method"].string
        let isCaptured = (captureMethod ?? intent["capture_method"].string) != "manual"
        let charge = makeCharge(
            for: intent, method, .approved(isCaptured: isCaptured, authenticated: authenticated))
        intent["latest_charge"] = .string(charge.id)
        if isCaptured {
            intent.intentStatus = .succeeded
            intent["amount_received"] = intent["amount"]
        } else {
            intent.intentStatus = .requiresCapture
            intent["amount_capturable"] = intent["amount"]
            appoint(.expireAuthorization, intent.id, in: .seconds(7 * 24 * 60 * 60))
        }
        put(intent)
        if authenticated, intent["setup_future_usage"] == "off_session" { method.hidden["set_up"] = true }
        keepOrUseUp(method, after: intent)
        emit("charge.succeeded", charge.body)
        emit(isCaptured ? "payment_intent.succeeded" : "payment_intent.amount_capturable_updated", intent.body)
        paymentChanged(intent)
        return intent.body
    }

    /// Attaches a payment method that is to be used again; any other that is nobody's was good for this once.
    func keepOrUseUp(_ method: Record, after intent: Record) {
        var method = method
        guard method["customer"].isNull else { return put(method) }
        if let customer = intent["customer"].string, !intent["setup_future_usage"].isNull {
            attach(&method, to: customer)
        } else {
            if !method["card"]["checks"]["cvc_check"].isNull { method["card"]["checks"]["cvc_check"] = "pass" }
            method.hidden["used_up"] = true
            put(method)
        }
    }

    /// Leaves the traces of a decline, and makes the error to answer.
    private func decline(
        _ intent: Record, _ method: Record, _ decline: Decline, leavesCharge: Bool
    ) -> StripeFailure {
        var intent = intent
        var charge: Record?
        if leavesCharge {
            let failed = makeCharge(for: intent, method, .declined(decline))
            intent["latest_charge"] = .string(failed.id)
            charge = failed
        }
        var failure = StripeFailure.declined(decline, method: method.body, charge: charge?.id)
        if let charge { emit("charge.failed", charge.body) }
        intent = leave(failure, on: intent)
        failure.details["payment_intent"] = intent.body
        failure.keepsEffects = true
        return failure
    }

    private func failAuthentication(_ intent: Record, _ method: Record) {
        var failure = StripeFailure(
            status: 402, type: "invalid_request_error", code: "payment_intent_authentication_failure",
            message:
                "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new "
                + "PaymentMethod to attempt to fulfill this PaymentIntent again.")
        failure.details = ["payment_method": method.body]
        _ = leave(failure, on: intent)
    }

    /// Has an intent wait for another payment method, and tells why.
    func leave(_ failure: StripeFailure, on intent: Record) -> Record {
        var intent = intent
        intent["last_payment_error"] = failure.asLastError
        intent["payment_method"] = nil
        intent.intentStatus = .requiresPaymentMethod
        put(intent)
        emit("payment_intent.payment_failed", intent.body)
        paymentChanged(intent)
        return intent
    }

    private func challenge(_ intent: Record, _ how: Confirmation) -> JSON {
        var intent = intent
        demandChallenge(of: &intent, how)
        put(intent)
        emit("payment_intent.requires_action", intent.body)
        paymentChanged(intent)
        return intent.body
    }

    /// Sends the buyer to the bank's page, for a payment or for a setup.
    func demandChallenge(of intent: inout Record, _ how: Confirmation) {
        let token = Identifier.random(32)
        intent.hidden["challenge"] = ["token": .string(token), "return_url": JSON(how.returnURL)]
        let url = JSON.string("\(how.baseURL)/_sandbox/3ds/\(intent.id)?token=\(token)")
        if let returnURL = how.returnURL {
            intent["next_action"] = [
                "redirect_to_url": ["return_url": .string(returnURL), "url": url], "type": "redirect_to_url",
            ]
        } else {
            intent["next_action"] = [
                "type": "use_stripe_sdk",
                "use_stripe_sdk": ["type": "three_d_secure_redirect", "stripe_js": url, "url": url],
            ]
        }
        intent.intentStatus = .requiresAction
    }
}

extension Record {
    /// What comes of charging this payment method.
    func outcomeWhenCharged(offSession: Bool, authenticated: Bool = false) -> CardOutcome {
        CardBehaviour(stored: hidden)
            .outcome(offSession: offSession, authenticated: authenticated, isSetUp: hidden["set_up"].isTrue)
    }
}

extension StripeFailure {
    /// The answer to a card that was declined.
    static func declined(_ decline: Decline, method: JSON, charge: String?) -> Self {
        var failure = Self(status: 402, type: "card_error", code: decline.code, message: decline.message)
        if decline == .incorrectCVC { failure.param = "cvc" }
        if decline == .expiredCard { failure.param = "exp_month" }
        if let advice = decline.adviceCode { failure.details["advice_code"] = .string(advice) }
        if let charge { failure.details["charge"] = .string(charge) }
        if decline.code == "card_declined" || decline == .authenticationRequired {
            failure.details["decline_code"] = .string(decline.rawValue)
        }
        failure.details["payment_method"] = method
        return failure
    }

    /// The same error as it stands on the intent.
    var asLastError: JSON {
        var error: JSON = [:]
        if let code {
            error["code"] = .string(code)
            error["doc_url"] = "https://stripe.com/docs/error-codes/\(code.replacing("_", with: "-"))"
        }
        error.merge(details)
        error["message"] = .string(message)
        if let param { error["param"] = .string(param) }
        error["type"] = .string(type)
        return error
    }
}
