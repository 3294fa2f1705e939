import OrderedCollections

/// `POST /v1/invoices`: what waits for a customer, or for a subscription, on an invoice of its own; and what may be changed
/// of an invoice afterwards.
enum InvoiceCreation {
    private static let unsupported = [
        "account_tax_ids", "application_fee_amount", "customer_account", "days_until_due", "default_source",
        "default_tax_rates", "discounts", "due_date", "from_invoice", "issuer", "on_behalf_of", "shipping_cost",
        "shipping_details", "transfer_data",
    ]
    /// Fields that are kept as they are sent.
    private static let plain = [
        "auto_advance", "automatically_finalizes_at", "custom_fields", "description", "effective_at", "footer",
        "number",
        "statement_descriptor",
    ]

    @Sendable static func create(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        try refuseUnsupported(call)
        if let id = call["subscription"].string {
            return try create(of: try transaction.existing(.subscription, id, param: "subscription"), call, transaction)
        }
        guard let named = call["customer"].string else { throw .missing("customer") }
        let customer = try transaction.customer(named)
        return try transaction.at(transaction.billingTime(of: customer)) { () throws(StripeFailure) in
            let pending =
                call["pending_invoice_items_behavior"] == "include"
                ? transaction.pendingItems(of: .string(customer.id), subscription: nil) : []
            let currency = call["currency"].string ?? pending.first?["currency"].string ?? "usd"
            let id = Identifier.new(.invoice)
            var body = transaction.blankInvoice(
                id: id, customer: customer, currency: .string(currency), reason: "manual")
            transaction.fill(&body, with: pending.map(InvoiceLine.init), [], subscription: nil)
            var invoice = transaction.insert(.invoice, id: id, body, hidden: ["base_url": .string(call.baseURL)])
            try apply(call, to: &invoice, transaction)
            if invoice["auto_advance"].isTrue, invoice["automatically_finalizes_at"].isNull {
                invoice["automatically_finalizes_at"] = .int(transaction.now + transaction.world.billingRules.draftTime)
            }
            transaction.keep(invoice)
            for var item in pending {
                item["invoice"] = .string(id)
                transaction.put(item)
            }
            transaction.emit("invoice.created", invoice.body)
            return invoice.body
        }
    }

    private static func create(
        of subscription: Record, _ call: Call, _ transaction: Transaction
    ) throws(StripeFailure) -> JSON {
        let customer = subscription["customer"]
        guard call["customer"].isNull || call["customer"] == customer else {
            throw .impossible("The subscription is another customer's.", param: "subscription")
        }
        guard !transaction.pendingItems(of: customer, subscription: subscription.id).isEmpty else {
            throw .impossible("Nothing to invoice for subscription", code: "invoice_no_subscription_line_items")
        }
        return try transaction.at(transaction.billingTime(of: subscription)) { () throws(StripeFailure) in
            var changed = subscription
            var invoice = transaction.draftInvoice(of: &changed, reason: "manual", lines: [], isSilent: true)
            try apply(call, to: &invoice, transaction)
            transaction.keep(invoice)
            transaction.keep(changed, changedFrom: subscription.body)
            transaction.emit("invoice.created", invoice.body)
            return invoice.body
        }
    }

    @Sendable static func update(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        try refuseUnsupported(call)
        var invoice = try transaction.existing(.invoice, call.id, param: "invoice")
        let before = invoice.body
        let always: Set<String> = ["auto_advance", "default_payment_method", "expand", "metadata"]
        if invoice["status"] != "draft", let name = call.parameters.fields.keys.first(where: { !always.contains($0) }) {
            throw .impossible(
                "Finalized invoices can't be updated in this way.", code: "invoice_not_editable", param: name)
        }
        try apply(call, to: &invoice, transaction)
        transaction.keep(invoice)
        if let previous = invoice.body.previous(before) {
            transaction.emit("invoice.updated", invoice.body, previous: previous)
        }
        return invoice.body
    }

    /// Drafts that no subscription has made can be thrown away; what was on them waits again.
    @Sendable static func delete(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        let invoice = try transaction.existing(.invoice, call.id, param: "invoice")
        guard invoice["status"] == "draft", invoice.subscription == nil else {
            throw .impossible(
                "You can only delete draft invoices that are not of a subscription.", code: "invoice_not_editable")
        }
        for var item in transaction.newest(.invoiceItem) where item["invoice"].string == invoice.id {
            item["invoice"] = nil
            transaction.put(item)
        }
        transaction.setBillingAlarm(for: invoice, at: nil)
        transaction.remove(invoice.id)
        transaction.emit("invoice.deleted", invoice.body)
        return ["id": .string(invoice.id), "object": "invoice", "deleted": true]
    }

    private static func refuseUnsupported(_ call: Call) throws(StripeFailure) {
        for name in unsupported where !call[name].isNull {
            throw .invalid("This sandbox does not support `\(name)` of invoices.", param: name)
        }
        if call["collection_method"] == "send_invoice" {
            throw .invalid(
                "This sandbox does not support `collection_method=send_invoice`.", param: "collection_method")
        }
    }

    private static func apply(
        _ call: Call, to invoice: inout Record, _ transaction: Transaction
    ) throws(StripeFailure) {
        for name in plain where call.isSent(name) { invoice[name] = call[name] }
        if let id = call["default_payment_method"].string {
            invoice["default_payment_method"] = .string(
                try transaction.usablePaymentMethod(id, param: "default_payment_method").id)
        }
        if let enabled = call["automatic_tax"]["enabled"].bool {
            invoice["automatic_tax"].merge([
                "enabled": .bool(enabled), "liability": enabled ? ["type": "self"] : nil,
                "status": enabled ? "complete" : nil,
            ])
        }
        invoice["metadata"] = try Metadata.merged(invoice["metadata"], with: call)
    }
}
