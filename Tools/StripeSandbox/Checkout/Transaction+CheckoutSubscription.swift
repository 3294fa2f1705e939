/// What a session of mode `subscription` comes to.
extension Transaction {
    /// Starts the subscription, or sees to its card first where nothing is due today.
    func subscribe(_ session: Record, _ buyer: CheckoutBuyer) throws(StripeFailure) {
        let isFree = session["amount_total"].int == 0
        if isFree, session["payment_method_collection"] == "if_required" {
            try startSubscription(of: session, method: nil, buyer.confirmation)
            return
        }
        let method = try method(of: buyer, in: session)
        if isFree {
            try saveMethod(method, in: session, customer: customer(for: session).id, buyer)
        } else if let invoice = session.hidden["invoice"].string {
            // The buyer has failed the challenge before: the invoice is there, and waits.
            if var subscription = session.hidden["subscription"].string.flatMap({ record(.subscription, $0) }) {
                subscription["default_payment_method"] = .string(method.id)
                put(subscription)
            }
            let payment = try payInvoice(invoice, with: method.id, by: .manual, confirming: buyer.confirmation)
            if case .declined(let failure) = payment { throw failure }
        } else {
            try startSubscription(of: session, method: method.id, buyer.confirmation)
        }
    }

    /// - Throws: the decline; no subscription comes of a card that is declined at once.
    func startSubscription(
        of session: Record, method: String?, _ how: Confirmation
    ) throws(StripeFailure) {
        let started = try startSubscription(try newSubscription(session, method), confirming: how)
        guard var session = record(.checkoutSession, session.id) else { return }
        session.hidden["subscription"] = .string(started.subscription.id)
        session.hidden["invoice"] = .string(started.invoice.id)
        switch started.payment {
        case .nothingDue, .paid:
            put(session)
            complete(session.id)
        case .declined(var failure):
            failure.keepsEffects = false
            throw failure
        case .actionRequired(var intent), .awaitsConfirmation(var intent):
            intent.hidden["checkout_session"] = .string(session.id)
            put(intent)
            session.hidden["intent"] = .string(intent.id)
            put(session)
        }
    }

    private func newSubscription(_ session: Record, _ method: String?) throws(StripeFailure) -> NewSubscription {
        let data = session.hidden["subscription_data"]
        var items: [NewSubscription.Item] = []
        for item in session.hidden["items"].elements {
            items.append(
                .init(
                    price: try price(item["price"].string ?? "", param: "line_items"),
                    quantity: item["quantity"].int ?? 1, metadata: item["metadata"]))
        }
        var new = NewSubscription(customer: customer(for: session), items: items)
        new.trialDays = data["trial_period_days"].int
        new.trialEnd = data["trial_end"].int
        if let ending = data["trial_settings"]["end_behavior"]["missing_payment_method"].string {
            new.withoutPaymentMethod = ending
        }
        new.billingCycleAnchor = data["billing_cycle_anchor"].int
        new.prorates = data["proration_behavior"] != "none"
        new.defaultPaymentMethod = method
        new.discounts = discount(on: session).map { [$0] } ?? []
        new.description = data["description"]
        new.metadata = try Metadata.merged(nil, isSent: data.has("metadata"), data["metadata"])
        new.application = session.hidden["application"]
        let feePercent = data["application_fee_percent"].string.flatMap(Double.init)
        new.applicationFeePercent = feePercent.map(JSON.double) ?? nil
        new.hasAutomaticTax = session["automatic_tax"]["enabled"].isTrue
        return new
    }
}
