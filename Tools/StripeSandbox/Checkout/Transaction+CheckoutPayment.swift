import OrderedCollections
import StripeModels

/// What happens when the buyer presses the button of the hosted page.
extension Transaction {
    /// Pays, subscribes or saves a card, as the session says.
    /// - Throws: what is wrong with what the buyer typed, or the decline; the session stays open.
    func pay(_ session: Record, _ buyer: CheckoutBuyer) throws(StripeFailure) -> CheckoutStep {
        guard session["status"] == "open" else { throw .checkoutIsOver(session) }
        var session = session
        session["customer_details"] = try details(of: buyer, in: session)
        put(session)
        switch session["mode"].string.flatMap(CheckoutMode.init(rawValue:)) {
        case .setup:
            try saveMethod(try method(of: buyer, in: session), in: session, customer: setupCustomer(session), buyer)
        case .subscription: try subscribe(session, buyer)
        case .payment, nil: try payOnce(session, buyer)
        }
        return try nextStep(session.id)
    }

    private func details(of buyer: CheckoutBuyer, in session: Record) throws(StripeFailure) -> JSON {
        let known = session["customer_details"]
        let email = session["customer_email"].string ?? known["email"].string ?? buyer.email ?? ""
        guard email.contains("@"), !email.contains(" ") else {
            throw .invalid("Your email address is not complete.", code: "email_invalid", param: "email")
        }
        var details = CheckoutRules.details(of: known.isNull ? [:] : known)
        details["email"] = .string(email)
        if let name = buyer.name { details["name"] = .string(name) }
        if let country = buyer.country { details["address"] = Address.whole(["country": .string(country)]) }
        return details
    }

    private func nextStep(_ id: String) throws(StripeFailure) -> CheckoutStep {
        let session = try existing(.checkoutSession, id, param: "session")
        if session["status"] == "complete" { return .done(url: session.successURL) }
        let waiting = session.hidden["intent"].string.flatMap { record(.paymentIntent, $0) ?? record(.setupIntent, $0) }
        guard let url = waiting?["next_action"]["redirect_to_url"]["url"].string else { throw .internalError }
        return .challenge(url: url)
    }

    func method(of buyer: CheckoutBuyer, in session: Record) throws(StripeFailure) -> Record {
        guard let type = buyer.method else { throw .missing("method") }
        guard session["payment_method_types"].elements.contains(.string(type)) else {
            throw .impossible("This kind of payment method is not accepted here.", param: "method")
        }
        return try makePaymentMethod(
            of: ["type": .string(type), type: buyer.details, "billing_details": buyer.billing], param: nil)
    }

    private func payOnce(_ session: Record, _ buyer: CheckoutBuyer) throws(StripeFailure) {
        guard let amount = session["amount_total"].int, amount > 0 else { return complete(session.id) }
        let method = try method(of: buyer, in: session)
        let data = session.hidden["payment_intent_data"]
        let needsCustomer = session["customer_creation"] == "always" || !data["setup_future_usage"].isNull
        let customer = needsCustomer ? customer(for: session).id : session["customer"].string
        var intent = session.hidden["intent"].string.flatMap { record(.paymentIntent, $0) }
        if intent == nil { intent = try makeIntent(for: session, amount, data) }
        guard var intent else { throw .internalError }
        // A promotion code may have come since the last try.
        intent["amount"] = .int(amount)
        intent["customer"] = JSON(customer)
        intent["payment_method"] = .string(method.id)
        put(intent)
        if var session = record(.checkoutSession, session.id) {
            session["payment_intent"] = .string(intent.id)
            session.hidden["intent"] = .string(intent.id)
            put(session)
        }
        _ = try confirm(intent, buyer.confirmation)
    }

    /// The session's PaymentIntent, made at the first try to pay.
    private func makeIntent(for session: Record, _ amount: Int64, _ data: JSON) throws(StripeFailure) -> Record {
        var intent = newPaymentIntent(
            amount, Currency(rawValue: session["currency"].string ?? ""), application: session.hidden["application"])
        let plain = [
            "application_fee_amount", "capture_method", "description", "on_behalf_of", "receipt_email",
            "setup_future_usage", "statement_descriptor", "statement_descriptor_suffix", "transfer_group",
        ]
        for name in plain where !data[name].isNull { intent[name] = data[name] }
        intent["metadata"] = try Metadata.merged(nil, isSent: data.has("metadata"), data["metadata"])
        if !data["shipping"].isNull { intent["shipping"] = Shipping.whole(data["shipping"]) }
        if !data["transfer_data"].isNull {
            intent["transfer_data"] = [
                "amount": data["transfer_data"]["amount"], "destination": data["transfer_data"]["destination"],
            ]
        }
        for (name, value) in session.hidden["payment_method_options"]["card"].fields {
            intent["payment_method_options"]["card"][name] = value
        }
        intent["payment_method_types"] = session["payment_method_types"]
        intent.hidden["checkout_session"] = .string(session.id)
        put(intent)
        emit("payment_intent.created", intent.body)
        return intent
    }

    private func setupCustomer(_ session: Record) -> String? {
        session["customer_creation"] == "always" ? customer(for: session).id : session["customer"].string
    }

    /// Confirms the session's SetupIntent; a subscription that costs nothing yet has one too.
    func saveMethod(
        _ method: Record, in session: Record, customer: String?, _ buyer: CheckoutBuyer
    ) throws(StripeFailure) {
        var intent =
            (session["setup_intent"].string ?? session.hidden["intent"].string).flatMap { record(.setupIntent, $0) }
            ?? newSetupIntent(application: session.hidden["application"])
        intent["customer"] = JSON(customer)
        intent["payment_method"] = .string(method.id)
        intent.hidden["checkout_session"] = .string(session.id)
        put(intent)
        if var session = record(.checkoutSession, session.id) {
            session.hidden["intent"] = .string(intent.id)
            put(session)
        }
        _ = try confirmSetup(intent, buyer.confirmation)
    }

    /// The session's customer, made of what the buyer typed where there is none yet.
    func customer(for session: Record) -> Record {
        let known = session["customer"].string ?? session.hidden["customer"].string
        if let customer = known.flatMap({ record(.customer, $0) }) { return customer }
        let details = session["customer_details"]
        let customer = newCustomer(["email": details["email"], "name": details["name"], "address": details["address"]])
        if var session = record(.checkoutSession, session.id) {
            session.hidden["customer"] = .string(customer.id)
            put(session)
        }
        emit("customer.created", customer.body)
        return customer
    }
}

extension Record {
    /// Where a complete session sends the buyer. Stripe: "Custom success page", `{CHECKOUT_SESSION_ID}`.
    var successURL: String {
        (body["success_url"].string ?? "").replacing("{CHECKOUT_SESSION_ID}", with: id)
    }
}
