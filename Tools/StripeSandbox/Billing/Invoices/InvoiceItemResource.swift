import StripeModels

/// Invoice items: what waits for the next invoice. Prorations are such, and amounts that somebody adds.
enum InvoiceItemResource {
    static let routes: [Route] = [
        Route(.post, "/v1/invoiceitems", create),
        Route(.get, "/v1/invoiceitems") { call, transaction throws(StripeFailure) in
            try Listing.page(of: .invoiceItem, call, transaction) { item in
                ["customer", "invoice"].allSatisfy { call[$0].isNull || call[$0] == item[$0] }
                    && call["pending"].bool.map { $0 == item["invoice"].isNull } ?? true
            }
        },
        Route(.get, "/v1/invoiceitems/:id") { call, transaction throws(StripeFailure) in
            try transaction.existing(.invoiceItem, call.id, param: "invoiceitem").body
        },
        Route(.delete, "/v1/invoiceitems/:id") { call, transaction throws(StripeFailure) in
            let item = try transaction.existing(.invoiceItem, call.id, param: "invoiceitem")
            guard item["invoice"].isNull else {
                throw .impossible("This invoice item is on an invoice already.", code: "invoice_not_editable")
            }
            transaction.remove(item.id)
            transaction.emit("invoiceitem.deleted", item.body)
            return ["id": .string(item.id), "object": "invoiceitem", "deleted": true]
        },
    ]

    private static let unsupported = [
        "customer_account", "discounts", "price_data", "quantity_decimal", "tax_behavior", "tax_code", "tax_rates",
        "unit_amount_decimal",
    ]

    @Sendable private static func create(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        for name in unsupported where !call[name].isNull {
            throw .invalid("This sandbox does not support `\(name)` of invoice items.", param: name)
        }
        let customer = try transaction.customer(call["customer"].string ?? "")
        let now = transaction.billingTime(of: customer)
        let subscription = try call["subscription"].string.map { (id) throws(StripeFailure) in
            try transaction.existing(.subscription, id, param: "subscription")
        }
        let price = try call["pricing"]["price"].string.map { (id) throws(StripeFailure) in
            try transaction.activePrice(id, param: "pricing[price]")
        }
        let quantity = call["quantity"].int ?? 1
        guard let amount = price.map({ ($0["unit_amount"].int ?? 0) * quantity }) ?? call["amount"].int else {
            throw .missing("amount")
        }
        guard let currency = price?["currency"].string ?? call["currency"].string else { throw .missing("currency") }
        let sent = call["period"]
        let period = Period(start: sent["start"].int ?? now, end: sent["end"].int ?? now)
        let line = InvoiceLine(
            amount: amount, description: call["description"].string ?? "Invoice item", period: period,
            price: price?.body ?? nil, quantity: quantity, isDiscountable: call["discountable"].bool ?? true,
            metadata: try Metadata.merged(nil, with: call))
        let draft = try call["invoice"].string.map { (id) throws(StripeFailure) in
            try transaction.draft(id, of: customer.id)
        }
        return transaction.at(now) {
            var item = transaction.addPending(
                line, customer: customer, subscription: subscription?.id,
                currency: Currency(rawValue: currency).rawValue)
            if var draft {
                item["invoice"] = .string(draft.id)
                transaction.put(item)
                transaction.fill(&draft.body, with: [InvoiceLine(item)], [], subscription: draft.subscription)
                transaction.keep(draft)
            }
            return item.body
        }
    }
}

extension Transaction {
    fileprivate func draft(_ id: String, of customer: String) throws(StripeFailure) -> Record {
        let invoice = try existing(.invoice, id, param: "invoice")
        guard invoice["status"] == "draft", invoice["customer"].string == customer else {
            throw .impossible(
                "Invoice items can only be added to a draft invoice of their customer.", code: "invoice_not_editable",
                param: "invoice")
        }
        return invoice
    }
}
