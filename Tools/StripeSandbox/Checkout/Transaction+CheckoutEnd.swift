/// How a session ends: complete, and for delayed payments once more when they have come or not; or expired.
extension Transaction {
    /// The intent behind a session has changed.
    func checkoutChanged(by intent: Record) {
        guard let id = intent.hidden["checkout_session"].string, var session = record(.checkoutSession, id) else {
            return
        }
        switch (session["status"].string, intent.intentStatus) {
        case ("open", .succeeded) where intent.kind == .setupIntent && session["mode"] == "subscription":
            // The card is ready; the trial may begin. What was sold has been looked at before, so nothing stands in its
            // way but what was deleted since: then the session stays open.
            try? startSubscription(
                of: session, method: intent["payment_method"].string, Confirmation(baseURL: session.baseURL))
        case ("open", .succeeded): complete(id)
        case ("open", .processing), ("open", .requiresCapture): complete(id, isPaid: false)
        case ("complete", .succeeded) where session["payment_status"] == "unpaid":
            session["payment_status"] = "paid"
            put(session)
            // A payment that is captured later has no event of its own here.
            if session.hidden["awaits_bank"].isTrue { emit("checkout.session.async_payment_succeeded", session.body) }
        case ("complete", .requiresPaymentMethod) where session.hidden["awaits_bank"].isTrue:
            emit("checkout.session.async_payment_failed", session.body)
        default: break
        }
    }

    /// - Parameter isPaid: false when the money comes later, or is only held.
    func complete(_ id: String, isPaid: Bool = true) {
        guard var session = record(.checkoutSession, id), session["status"] == "open" else { return }
        session["status"] = "complete"
        session["url"] = nil
        if isPaid, session["payment_status"] == "unpaid" { session["payment_status"] = "paid" }
        let intent = session.hidden["intent"].string
        session.hidden["awaits_bank"] = .bool(
            intent.flatMap { record(.paymentIntent, $0) }?.intentStatus == .processing)
        if let customer = session.hidden["customer"].string { session["customer"] = .string(customer) }
        if let subscription = session.hidden["subscription"].string {
            session["subscription"] = .string(subscription)
            session["invoice"] = session.hidden["invoice"]
        }
        if session["automatic_tax"]["enabled"].isTrue { session["automatic_tax"]["status"] = "complete" }
        session["collected_information"] = ["business_name": nil, "individual_name": nil, "shipping_details": nil]
        put(session)
        updateCustomer(of: session)
        // A subscription counts its discount itself.
        if session["subscription"].isNull, let discount = discount(on: session) { redeem(discount) }
        emit("checkout.session.completed", session.body)
    }

    /// Takes over what the buyer typed, where `customer_update` asks for it.
    private func updateCustomer(of session: Record) {
        let wishes = session.hidden["customer_update"]
        guard var customer = session["customer"].string.flatMap({ record(.customer, $0) }) else { return }
        let before = customer.body
        for name in ["address", "name"] where wishes[name] == "auto" && !session["customer_details"][name].isNull {
            customer[name] = session["customer_details"][name]
        }
        put(customer, changedFrom: before, telling: "customer.updated")
    }

    /// Nobody has paid in time, or nobody shall any more.
    @discardableResult
    func expire(_ session: Record) -> Record {
        var session = session
        session["status"] = "expired"
        session["url"] = nil
        put(session)
        // So that the bank's page, if it is still open, can do nothing any more.
        for kind in [ResourceKind.paymentIntent, .setupIntent] {
            let id = session.hidden["intent"].string ?? session["setup_intent"].string ?? ""
            // An invoice's payment is the subscription's affair.
            guard var intent = record(kind, id), intent.intentStatus.isOpen,
                kind == .setupIntent || session["mode"] == "payment"
            else { continue }
            intent["next_action"] = nil
            intent["cancellation_reason"] = kind == .paymentIntent ? "automatic" : "abandoned"
            if kind == .paymentIntent { intent["canceled_at"] = .int(now) }
            intent.hidden.remove("challenge")
            intent.intentStatus = .canceled
            put(intent)
            emit("\(kind.rawValue).canceled", intent.body)
            paymentChanged(intent)
        }
        emit("checkout.session.expired", session.body)
        return session
    }

    /// Its time has come.
    func expireCheckout(_ id: String) {
        guard let session = record(.checkoutSession, id), session["status"] == "open" else { return }
        expire(session)
    }
}

extension Record {
    /// How the sandbox is reached, as the session's page has it.
    fileprivate var baseURL: String {
        let url = body["url"].string ?? ""
        return String(url.prefix(url.count - "/c/pay/\(id)".count))
    }
}
