import StripeModels

extension Transaction {
    /// Makes a draft final: it gets its number, its page, and a PaymentIntent. One over nothing is paid by that.
    func finalizeInvoice(_ id: String, baseURL: String? = nil) {
        guard var invoice = record(.invoice, id), invoice["status"] == "draft" else { return }
        settleBalance(of: &invoice)
        invoice["status"] = "open"
        invoice["auto_advance"] = .bool(invoice["auto_advance"].isTrue)
        invoice["automatically_finalizes_at"] = nil
        invoice["effective_at"] = invoice["effective_at"].isNull ? .int(now) : invoice["effective_at"]
        invoice["status_transitions"]["finalized_at"] = .int(now)
        if let baseURL { invoice.hidden["base_url"] = .string(baseURL) }
        let token = Identifier.random(40)
        let base = invoice.hidden["base_url"].string ?? ""
        invoice.hidden["token"] = .string(token)
        invoice["hosted_invoice_url"] = .string("\(base)/_sandbox/invoices/\(id)?token=\(token)")
        if invoice["amount_due"].int ?? 0 > 0 { makePayment(for: &invoice) }
        keep(invoice)
        emit("invoice.finalized", invoice.body)
        if invoice["amount_due"].int ?? 0 == 0 { markPaid(id) }
    }

    /// Takes the customer's balance into account, and leaves there what this invoice does not charge.
    private func settleBalance(of invoice: inout Record) {
        guard var customer = invoice["customer"].string.flatMap({ record(.customer, $0) }) else { return }
        let before = customer["balance"]
        invoice["starting_balance"] = .int(before.int ?? 0)
        invoice.body.total(Currency(rawValue: invoice["currency"].string ?? ""))
        let owed = (invoice["total"].int ?? 0) + (invoice["starting_balance"].int ?? 0)
        let left = owed - (invoice["amount_due"].int ?? 0)
        invoice["ending_balance"] = .int(left)
        customer["balance"] = .int(left)
        let number = customer["next_invoice_sequence"].int ?? 1
        customer["next_invoice_sequence"] = .int(number + 1)
        let digits = String(number)
        let padded = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        if invoice["number"].isNull {
            invoice["number"] = .string("\(customer["invoice_prefix"].string ?? "")-\(padded)")
        }
        put(customer)
        if before.int ?? 0 != left { emit("customer.updated", customer.body, previous: ["balance": before]) }
    }

    /// The PaymentIntent that pays an invoice, and the link between the two.
    private func makePayment(for invoice: inout Record) {
        let amount = invoice["amount_due"].int ?? 0
        let currency = Currency(rawValue: invoice["currency"].string ?? "")
        var intent = newPaymentIntent(amount, currency, application: invoice["application"], redirects: nil)
        intent["customer"] = invoice["customer"]
        intent["description"] = invoice.intentDescription
        intent["payment_method_types"] = ["card"]
        if let subscription = invoice.subscription.flatMap({ record(.subscription, $0) }) {
            // What pays once pays again by itself.
            intent["setup_future_usage"] = "off_session"
            intent["application_fee_amount"] = JSON(
                Percentage(subscription["application_fee_percent"])?.of(amount))
        }
        intent.hidden["invoice"] = .string(invoice.id)
        put(intent)
        emit("payment_intent.created", intent.body)
        let payment = Identifier.new(.invoicePayment)
        insert(
            .invoicePayment, id: payment,
            [
                "id": .string(payment), "object": "invoice_payment", "amount_paid": nil,
                "amount_requested": .int(amount), "created": .int(now), "currency": invoice["currency"],
                "invoice": .string(invoice.id), "is_default": true, "livemode": .bool(scope.livemode),
                "payment": ["payment_intent": .string(intent.id), "type": "payment_intent"], "status": "open",
                "status_transitions": ["canceled_at": nil, "paid_at": nil],
            ])
        invoice.hidden["intent"] = .string(intent.id)
        invoice.hidden["payment"] = .string(payment)
    }
}

extension Record {
    /// The subscription that an invoice is of.
    var subscription: String? { body["parent"]["subscription_details"]["subscription"].string }

    /// When a draft becomes final, or an open invoice is to be tried again; nil when nothing comes by itself.
    var nextInvoiceStep: Int64? {
        guard body["auto_advance"].isTrue else { return nil }
        return switch body["status"].string {
        case "draft": body["automatically_finalizes_at"].int
        case "open": body["next_payment_attempt"].int
        default: nil
        }
    }

    fileprivate var intentDescription: JSON {
        switch body["billing_reason"].string {
        case "subscription_create": "Subscription creation"
        case "subscription_cycle", "subscription_update": "Subscription update"
        default: "Payment for Invoice"
        }
    }
}
