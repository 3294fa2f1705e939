extension Transaction {
    /// An invoice is paid: by its PaymentIntent, by the customer's balance, or outside.
    func markPaid(_ id: String) {
        guard var invoice = record(.invoice, id), invoice["status"] == "open" || invoice["status"] == "uncollectible"
        else { return }
        let before = invoice.body
        invoice["status"] = "paid"
        invoice["amount_paid"] = invoice["amount_due"]
        invoice["amount_remaining"] = 0
        invoice["attempted"] = true
        invoice["auto_advance"] = false
        invoice["next_payment_attempt"] = nil
        invoice["status_transitions"]["paid_at"] = .int(now)
        keep(invoice)
        if var payment = invoice.hidden["payment"].string.flatMap({ record(.invoicePayment, $0) }) {
            payment["amount_paid"] = invoice["amount_paid"]
            payment["status"] = "paid"
            payment["status_transitions"]["paid_at"] = .int(now)
            put(payment)
            emit("invoice_payment.paid", payment.body)
        }
        if let previous = invoice.body.previous(before) { emit("invoice.updated", invoice.body, previous: previous) }
        emit("invoice.paid", invoice.body)
        emit("invoice.payment_succeeded", invoice.body)
        setDelinquent(false, because: invoice)
        serveAfterPayment(of: invoice)
    }

    /// An invoice was paid in another way: nothing is charged.
    func payOutside(_ id: String) {
        guard var invoice = record(.invoice, id) else { return }
        cancelIntent(of: invoice)
        invoice["amount_paid_off_stripe"] = invoice["amount_due"]
        keep(invoice)
        markPaid(id)
    }

    private func serveAfterPayment(of invoice: Record) {
        guard var subscription = invoice.subscription.flatMap({ record(.subscription, $0) }) else { return }
        let before = subscription.body
        let saves =
            subscription["payment_settings"]["save_default_payment_method"] == "on_subscription"
            && subscription["default_payment_method"].isNull
        if saves || invoice.hidden["becomes_default"].isTrue,
            let intent = invoice.hidden["intent"].string.flatMap({ record(.paymentIntent, $0) })
        {
            subscription["default_payment_method"] = intent["payment_method"]
        }
        if subscription["latest_invoice"].string == invoice.id || !owesMore(than: invoice, subscription) {
            let resumes = subscription.subscriptionStatus == .paused && invoice.hidden["resumes"].isTrue
            subscription.subscriptionStatus = resumes ? .active : subscription.subscriptionStatus.afterPayment
        }
        keep(subscription, changedFrom: before)
        if before["status"] == "paused", subscription.subscriptionStatus == .active {
            emit("customer.subscription.resumed", subscription.body)
        }
    }

    /// Whether the last invoice of a customer that was collected, or was not, has been paid.
    func setDelinquent(_ isDelinquent: Bool, because invoice: Record) {
        guard var customer = invoice["customer"].string.flatMap({ record(.customer, $0) }),
            let before = customer["delinquent"].bool, before != isDelinquent
        else { return }
        customer["delinquent"] = .bool(isDelinquent)
        put(customer)
        emit("customer.updated", customer.body, previous: ["delinquent": .bool(before)])
    }

    private func owesMore(than invoice: Record, _ subscription: Record) -> Bool {
        newest(.invoice).contains {
            $0["status"] == "open" && $0.subscription == subscription.id && $0.id != invoice.id
        }
    }
}
