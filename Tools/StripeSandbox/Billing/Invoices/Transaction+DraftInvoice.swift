import StripeModels

extension Transaction {
    /// Drafts an invoice of a subscription: what is pending for it, then `lines`.
    ///
    /// The subscription remembers what was billed for each item, and is to be kept by the caller.
    /// - Parameter isSilent: the caller tells of it.
    func draftInvoice(
        of subscription: inout Record, reason: String, lines: [InvoiceLine], isSilent: Bool = false
    ) -> Record {
        let id = Identifier.new(.invoice)
        let pending = pendingItems(of: subscription["customer"], subscription: subscription.id)
        let body = composedInvoice(
            id: id, of: subscription, reason: reason, lines: pending.map(InvoiceLine.init) + lines)
        for var item in pending {
            item["invoice"] = .string(id)
            put(item)
        }
        rememberBilled(on: body, in: &subscription)
        useUp(activeDiscounts(subscription), on: body, of: &subscription)
        subscription["latest_invoice"] = .string(id)
        let invoice = insert(.invoice, id: id, body, hidden: ["base_url": subscription.hidden["base_url"]])
        if !isSilent { emit("invoice.created", body) }
        return invoice
    }

    /// An invoice of a subscription with these lines, which is nowhere yet.
    func composedInvoice(id: String, of subscription: Record, reason: String, lines: [InvoiceLine]) -> JSON {
        let customer = record(.customer, subscription["customer"].string ?? "")
        let discounts = activeDiscounts(subscription)
        var body = blankInvoice(id: id, customer: customer, currency: subscription["currency"], reason: reason)
        body["application"] = subscription["application"]
        body["automatic_tax"].merge([
            "enabled": subscription["automatic_tax"]["enabled"],
            "liability": subscription["automatic_tax"]["liability"],
            "status": subscription["automatic_tax"]["enabled"].isTrue ? "complete" : nil,
        ])
        body["default_payment_method"] = subscription["default_payment_method"]
        body["discounts"] = .array(discounts.map { .string($0.id) })
        body["parent"] = [
            "quote_details": nil,
            "subscription_details": [
                "metadata": subscription["metadata"], "subscription": .string(subscription.id),
            ],
            "type": "subscription_details",
        ]
        fill(&body, with: lines, discounts, subscription: subscription.id)
        return body
    }

    /// Puts lines on an invoice, and adds them up.
    func fill(_ body: inout JSON, with lines: [InvoiceLine], _ discounts: [ActiveDiscount], subscription: String?) {
        let currency = body["currency"].string ?? ""
        var off = lines.map { _ in [JSON]() }
        var totals = body["total_discount_amounts"].elements
        // One discount after the other, each on what those before it have left.
        var left = lines.map { $0.isDiscountable ? max($0.amount, 0) : 0 }
        for discount in discounts {
            let shares = discount.applied.shares(
                of: zip(left, lines).map { (amount: $0, product: $1.product) }, currency: currency)
            for (index, share) in shares.enumerated() where share > 0 {
                off[index].append(["amount": .int(share), "discount": .string(discount.id)])
                left[index] -= share
            }
            totals.append(["amount": .int(shares.reduce(0, +)), "discount": .string(discount.id)])
        }
        let id = body["id"].string ?? ""
        let bodies = zip(lines, off).map { line, discounts in
            line.body(
                id: "il_1" + Identifier.random(23), invoice: id, currency: body["currency"],
                subscription: subscription, livemode: scope.livemode, discounts: discounts)
        }
        body["lines"]["data"] = .array(body["lines"]["data"].elements + bodies)
        body["total_discount_amounts"] = .array(totals)
        body.total(Currency(rawValue: currency))
    }

    /// Remembers what each item's last line was, for the credit if it is not used to the end.
    private func rememberBilled(on invoice: JSON, in subscription: inout Record) {
        for line in invoice["lines"]["data"].elements {
            let details = line["parent"]["subscription_item_details"]
            guard let item = details["subscription_item"].string, let amount = line["amount"].int, amount >= 0 else {
                continue
            }
            let off = line["discount_amounts"].elements.reduce(0) { $0 + ($1["amount"].int ?? 0) }
            if let pending = details["invoice_item"].string {
                // It was remembered when it came to be; only now it has an invoice.
                guard var billed = subscription.billed(item), billed.invoiceItem == pending else { continue }
                (billed.invoice, billed.line) = (invoice["id"].string, line["id"].string)
                subscription.setBilled(billed, for: item)
            } else {
                let period = Period(
                    start: line["period"]["start"].int ?? 0, end: line["period"]["end"].int ?? 0)
                subscription.setBilled(
                    BilledItem(
                        amount: amount - off, period: period, invoice: invoice["id"].string,
                        line: line["id"].string), for: item)
            }
        }
    }

    /// An invoice before its lines.
    func blankInvoice(id: String, customer: Record?, currency: JSON, reason: String) -> JSON {
        let isAutomatic = reason != "manual"
        return [
            "id": .string(id), "object": "invoice", "account_country": "US", "account_name": nil,
            "account_tax_ids": nil, "amount_due": 0, "amount_overpaid": 0, "amount_paid": 0, "amount_remaining": 0,
            "amount_shipping": 0, "application": nil, "attempt_count": 0, "attempted": false,
            "auto_advance": .bool(isAutomatic),
            "automatic_tax": [
                "disabled_reason": nil, "enabled": false, "liability": nil, "provider": nil, "status": nil,
            ],
            "automatically_finalizes_at": nil, "billing_reason": .string(reason),
            "collection_method": "charge_automatically", "created": .int(now), "currency": currency,
            "custom_fields": nil, "customer": JSON(customer?.id), "customer_account": nil,
            "customer_address": customer?["address"] ?? nil, "customer_email": customer?["email"] ?? nil,
            "customer_name": customer?["name"] ?? nil, "customer_phone": customer?["phone"] ?? nil,
            "customer_shipping": customer?["shipping"] ?? nil,
            "customer_tax_exempt": customer?["tax_exempt"] ?? "none", "customer_tax_ids": [],
            "default_payment_method": nil, "default_source": nil, "default_tax_rates": [], "description": nil,
            "discounts": [], "due_date": nil, "effective_at": nil, "ending_balance": nil, "footer": nil,
            "from_invoice": nil, "hosted_invoice_url": nil, "invoice_pdf": nil, "issuer": ["type": "self"],
            "last_finalization_error": nil, "latest_revision": nil,
            "lines": [
                "object": "list", "data": [], "has_more": false, "url": .string("/v1/invoices/\(id)/lines"),
            ],
            "livemode": .bool(scope.livemode), "metadata": [:], "next_payment_attempt": nil, "number": nil,
            "on_behalf_of": nil, "parent": nil,
            "payment_settings": [
                "default_mandate": nil, "payment_method_options": nil, "payment_method_types": nil,
            ],
            "period_end": .int(now), "period_start": .int(now), "post_payment_credit_notes_amount": 0,
            "pre_payment_credit_notes_amount": 0, "receipt_number": nil, "rendering": nil, "shipping_cost": nil,
            "shipping_details": nil, "starting_balance": .int(customer?["balance"].int ?? 0),
            "statement_descriptor": nil, "status": "draft",
            "status_transitions": [
                "finalized_at": nil, "marked_uncollectible_at": nil, "paid_at": nil, "voided_at": nil,
            ],
            "subtotal": 0, "subtotal_excluding_tax": 0, "test_clock": customer?["test_clock"] ?? nil, "total": 0,
            "total_discount_amounts": [], "total_excluding_tax": 0, "total_pretax_credit_amounts": [],
            "total_taxes": [], "webhooks_delivered_at": .int(now),
        ]
    }
}

extension JSON {
    /// Adds up an invoice's lines; what is due is the total and what the customer's balance says.
    ///
    /// Of less than the smallest charge, and of a credit, nothing is due: it goes to the customer's balance.
    mutating func total(_ currency: Currency) {
        let subtotal = self["lines"]["data"].elements.reduce(0) { $0 + ($1["amount"].int ?? 0) }
        let off = self["total_discount_amounts"].elements.reduce(0) { $0 + ($1["amount"].int ?? 0) }
        let total = subtotal - off
        // Set one by one in a loop over their names, they crash the optimizer of Swift 6.3.1.
        merge(["subtotal": .int(subtotal), "subtotal_excluding_tax": .int(subtotal)])
        merge(["total": .int(total), "total_excluding_tax": .int(total)])
        self["total_pretax_credit_amounts"] = .array(
            self["total_discount_amounts"].elements.map { $0.merging(["type": "discount"]) })
        let owed = total + (self["starting_balance"].int ?? 0)
        let due = owed >= max(currency.smallestCharge ?? 1, 1) ? owed : 0
        self["amount_due"] = .int(due)
        self["amount_remaining"] = .int(due - (self["amount_paid"].int ?? 0))
    }
}
