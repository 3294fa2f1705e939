/// Who tries to have an invoice paid: the retry schedule counts the automatic tries.
enum PaymentAttempt: String, Sendable {
    /// The one that comes with what made the invoice.
    case first
    case automatic
    case manual
}

extension Transaction {
    /// Charges what is due of an open invoice.
    ///
    /// What comes of it for the invoice and its subscription is done when the PaymentIntent changes (`tellInvoice`), so it
    /// is the same when a buyer's page confirms the PaymentIntent.
    /// - Parameter method: a payment method or a token; nil for the one that the invoice, the subscription or the customer
    ///   has as its default.
    func payInvoice(
        _ id: String, with method: String?, by attempt: PaymentAttempt, confirming how: Confirmation
    ) throws(StripeFailure) -> InvoicePayment {
        guard var invoice = record(.invoice, id), invoice["status"] == "open" || invoice["status"] == "uncollectible",
            var intent = invoice.hidden["intent"].string.flatMap({ record(.paymentIntent, $0) })
        else { return .nothingDue }
        invoice["attempted"] = true
        let tries = invoice["attempt_count"].int ?? 0
        if attempt == .automatic || tries == 0 { invoice["attempt_count"] = .int(tries + 1) }
        invoice.hidden["attempt"] = .string(attempt.rawValue)
        keep(invoice)
        guard let method = method ?? paymentMethod(for: invoice) else {
            invoicePaymentFailed(id, needsAction: false)
            return .declined(.noPaymentMethod)
        }
        do throws(StripeFailure) {
            let usable = try usablePaymentMethod(method, param: "payment_method")
            guard usable["customer"].isNull || usable["customer"] == invoice["customer"] else {
                throw .impossible(
                    "The payment method \(usable.id) does not belong to the invoice's customer.",
                    param: "payment_method")
            }
            guard usable["type"] == "card" else {
                throw .impossible("This sandbox charges invoices to cards only.", param: "payment_method")
            }
            intent["payment_method"] = .string(usable.id)
            put(intent)
            var how = how
            // A card that was set up for this needs nobody; any other that demands 3-D Secure waits for the buyer.
            how.offSession =
                (how.offSession || attempt == .automatic) && usable.outcomeWhenCharged(offSession: true) == .approved
            let confirmed = try confirm(intent, how)
            guard confirmed["status"] == "requires_action" else { return .paid }
            return .actionRequired(intent: try existing(.paymentIntent, intent.id, param: "intent"))
        } catch {
            // A card that was not even asked for is the caller's mistake, unless nobody called.
            guard error.keepsEffects || attempt == .automatic else { throw error }
            if !error.keepsEffects { invoicePaymentFailed(id, needsAction: false) }
            return .declined(error)
        }
    }

    /// Leaves an open invoice to the buyer's page.
    func awaitConfirmation(of id: String) throws(StripeFailure) -> InvoicePayment {
        guard let invoice = record(.invoice, id),
            var intent = invoice.hidden["intent"].string.flatMap({ record(.paymentIntent, $0) })
        else { return .nothingDue }
        if let method = paymentMethod(for: invoice) {
            intent["payment_method"] = .string(try usablePaymentMethod(method, param: "payment_method").id)
            intent.intentStatus = .requiresConfirmation
            put(intent)
        }
        return .awaitsConfirmation(intent: intent)
    }

    /// The default that an invoice is charged to.
    func paymentMethod(for invoice: Record) -> String? {
        let subscription = invoice.subscription.flatMap { record(.subscription, $0) }
        let customer = invoice["customer"].string.flatMap { record(.customer, $0) }
        return subscription?["default_payment_method"].string ?? invoice["default_payment_method"].string
            ?? customer?["invoice_settings"]["default_payment_method"].string
    }

    /// A PaymentIntent has changed: if it pays an invoice, that changes with it.
    func tellInvoice(of intent: Record) {
        guard let invoice = intent.hidden["invoice"].string.flatMap({ record(.invoice, $0) }),
            invoice["status"] == "open" || invoice["status"] == "uncollectible"
        else { return }
        at(billingTime(byClock: invoice["test_clock"].string)) {
            switch intent.intentStatus {
            case .succeeded: markPaid(invoice.id)
            case .requiresAction: invoicePaymentFailed(invoice.id, needsAction: true)
            case .requiresPaymentMethod: invoicePaymentFailed(invoice.id, needsAction: false)
            case .requiresConfirmation, .processing, .requiresCapture, .canceled: break
            }
        }
    }

    /// An invoice was not paid, or not yet: it is tried again on the schedule, and its subscription has a debt.
    private func invoicePaymentFailed(_ id: String, needsAction: Bool) {
        guard var invoice = record(.invoice, id) else { return }
        let attempt = invoice.hidden["attempt"].string.flatMap(PaymentAttempt.init(rawValue:)) ?? .manual
        invoice.hidden.remove("attempt")
        if invoice["attempt_count"].int ?? 0 == 0 { invoice["attempt_count"] = 1 }
        invoice["attempted"] = true
        let subscription = invoice.subscription.flatMap { record(.subscription, $0) }
        // A first invoice is the buyer's to pay, within a day.
        let isRetried = subscription.map { $0.subscriptionStatus != .incomplete } ?? true
        let isScheduled = attempt != .manual && isRetried && invoice["auto_advance"].isTrue
        if isScheduled {
            invoice["next_payment_attempt"] = JSON(
                world.billingRules.nextTry(after: invoice["attempt_count"].int ?? 1, at: now))
        }
        keep(invoice)
        if needsAction { emit("invoice.payment_action_required", invoice.body) }
        emit("invoice.payment_failed", invoice.body)
        if attempt == .automatic { setDelinquent(true, because: invoice) }
        guard var subscription else { return }
        let before = subscription.body
        subscription.subscriptionStatus = subscription.subscriptionStatus.afterFailedPayment
        keep(subscription, changedFrom: before)
        if isScheduled, invoice["next_payment_attempt"].isNull { giveUp(on: subscription) }
    }

    /// The last automatic try has failed.
    private func giveUp(on subscription: Record) {
        switch world.billingRules.afterRetries {
        case .canceled: endSubscription(subscription.id, because: "payment_failed")
        case .unpaid:
            var subscription = subscription
            let before = subscription.body
            subscription.subscriptionStatus = .unpaid
            keep(subscription, changedFrom: before)
        }
    }
}

extension StripeFailure {
    static let noPaymentMethod = Self.impossible(
        "This customer has no attached payment source or default payment method. Please consider adding a default "
            + "payment method. For more information, visit "
            + "https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority.",
        code: "resource_missing")

    /// A payment that the buyer must authenticate, where that is an error.
    static func actionRequired(code: String) -> Self {
        Self(
            status: 402, type: "card_error", code: code,
            message: "Payment for this subscription requires additional user action before it can be completed "
                + "successfully. Payment can be completed using the PaymentIntent associated with its latest invoice.")
    }
}
