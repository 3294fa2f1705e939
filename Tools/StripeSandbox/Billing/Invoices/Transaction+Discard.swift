extension Transaction {
    /// Voids an open invoice: it is as if it had never been. A subscription that waits for it ends with it.
    func voidInvoice(_ id: String) {
        guard var invoice = record(.invoice, id) else { return }
        invoice["status"] = "void"
        invoice["auto_advance"] = false
        invoice["next_payment_attempt"] = nil
        invoice["status_transitions"]["voided_at"] = .int(now)
        keep(invoice)
        if var payment = invoice.hidden["payment"].string.flatMap({ record(.invoicePayment, $0) }) {
            payment["status"] = "canceled"
            payment["status_transitions"]["canceled_at"] = .int(now)
            put(payment)
        }
        cancelIntent(of: invoice)
        emit("invoice.voided", invoice.body)
        guard var subscription = invoice.subscription.flatMap({ record(.subscription, $0) }),
            subscription.subscriptionStatus == .incomplete, subscription["latest_invoice"].string == id
        else { return }
        let before = subscription.body
        subscription.subscriptionStatus = .incompleteExpired
        subscription["ended_at"] = .int(now)
        keep(subscription, changedFrom: before)
    }

    /// Gives up on an open invoice; it can still be paid.
    func writeOffInvoice(_ id: String, because reason: String) {
        guard var invoice = record(.invoice, id) else { return }
        invoice["status"] = "uncollectible"
        invoice["auto_advance"] = false
        invoice["next_payment_attempt"] = nil
        invoice["status_details"] = ["uncollectible": ["reason": .string(reason)]]
        invoice["status_transitions"]["marked_uncollectible_at"] = .int(now)
        keep(invoice)
        emit("invoice.marked_uncollectible", invoice.body)
        setDelinquent(false, because: invoice)
    }

    /// Nobody shall pay an invoice any more by its PaymentIntent.
    func cancelIntent(of invoice: Record) {
        guard let intent = invoice.hidden["intent"].string.flatMap({ record(.paymentIntent, $0) }),
            intent.intentStatus.isOpen
        else { return }
        _ = cancel(intent, because: "void_invoice")
    }

    /// Whatever is open or in draft of a subscription that has ended is no longer collected by itself.
    func stopCollecting(from subscription: String) {
        for var invoice in newest(.invoice)
        where invoice.subscription == subscription && ["open", "draft"].contains(invoice["status"])
            && invoice["auto_advance"].isTrue
        {
            invoice["auto_advance"] = false
            invoice["automatically_finalizes_at"] = nil
            invoice["next_payment_attempt"] = nil
            keep(invoice)
        }
    }
}
