/// Invoices: the calls. What they do is in the transaction's extensions.
enum InvoiceResource {
    static let routes: [Route] = [
        Route(.post, "/v1/invoices", InvoiceCreation.create),
        Route(.get, "/v1/invoices", list),
        Route(.post, "/v1/invoices/create_preview", InvoicePreview.create),
        Route(.get, "/v1/invoices/:id") { call, transaction throws(StripeFailure) in
            try transaction.existing(.invoice, call.id, param: "invoice").body
        },
        Route(.post, "/v1/invoices/:id", InvoiceCreation.update),
        Route(.delete, "/v1/invoices/:id", InvoiceCreation.delete),
        Route(.get, "/v1/invoices/:id/lines") { call, transaction throws(StripeFailure) in
            let invoice = try transaction.existing(.invoice, call.id, param: "invoice")
            return try Listing.page(of: invoice["lines"]["data"].elements, call)
        },
        Route(.post, "/v1/invoices/:id/finalize", finalize),
        Route(.post, "/v1/invoices/:id/pay", pay),
        Route(.post, "/v1/invoices/:id/void") { call, transaction throws(StripeFailure) in
            try changing(call, transaction, from: ["open", "uncollectible"], "voided") {
                transaction.voidInvoice($0.id)
            }
        },
        Route(.post, "/v1/invoices/:id/mark_uncollectible") { call, transaction throws(StripeFailure) in
            try changing(call, transaction, from: ["open"], "marked uncollectible") {
                transaction.writeOffInvoice($0.id, because: "user_forgiven")
            }
        },
    ]

    @Sendable private static func list(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        if let id = call["customer"].string { _ = try transaction.customer(id) }
        return try Listing.page(of: .invoice, call, transaction) { invoice in
            ["customer", "collection_method", "status"].allSatisfy { call[$0].isNull || call[$0] == invoice[$0] }
                && (call["subscription"].isNull || call["subscription"].string == invoice.subscription)
                && (call["due_date"].isNull || Listing.isWithin(call["due_date"], invoice["due_date"].int ?? 0))
        }
    }

    @Sendable private static func finalize(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        try changing(call, transaction, from: ["draft"], "finalized") { invoice in
            if let advance = call["auto_advance"].bool {
                var invoice = invoice
                invoice["auto_advance"] = .bool(advance)
                transaction.keep(invoice)
            }
            transaction.finalizeInvoice(invoice.id, baseURL: call.baseURL)
            guard var open = transaction.record(.invoice, invoice.id), open["status"] == "open",
                open["auto_advance"].isTrue
            else { return }
            // Stripe tries to have it paid within the hour.
            open["next_payment_attempt"] = .int(transaction.now + transaction.world.billingRules.draftTime)
            transaction.keep(open)
        }
    }

    @Sendable private static func pay(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        for name in ["mandate", "source"] where !call[name].isNull {
            throw .invalid("This sandbox does not support `\(name)` of a payment.", param: name)
        }
        var invoice = try transaction.existing(.invoice, call.id, param: "invoice")
        guard invoice["status"] != "paid" else {
            throw .impossible("Invoice is already paid", code: "invoice_already_paid")
        }
        guard invoice["status"] != "void" else { throw .impossible("Invoice is voided and cannot be paid.") }
        return try transaction.at(transaction.billingTime(of: invoice)) { () throws(StripeFailure) in
            transaction.finalizeInvoice(invoice.id, baseURL: call.baseURL)
            if call["paid_out_of_band"].isTrue {
                transaction.payOutside(invoice.id)
            } else {
                guard call["payment_method"].string != nil || transaction.paymentMethod(for: invoice) != nil else {
                    throw .noPaymentMethod
                }
                var how = Confirmation(call)
                how.offSession = call["off_session"].bool ?? true
                let payment = try transaction.payInvoice(
                    invoice.id, with: call["payment_method"].string, by: .manual, confirming: how)
                switch payment {
                case .declined(let failure): throw failure
                case .actionRequired:
                    var failure = StripeFailure.actionRequired(code: "invoice_payment_intent_requires_action")
                    failure.keepsEffects = true
                    throw failure
                case .nothingDue, .paid, .awaitsConfirmation: break
                }
            }
            invoice = try transaction.existing(.invoice, invoice.id, param: "invoice")
            return invoice.body
        }
    }

    private static func changing(
        _ call: Call, _ transaction: Transaction, from statuses: [JSON], _ what: String, _ change: (Record) -> Void
    ) throws(StripeFailure) -> JSON {
        let invoice = try transaction.existing(.invoice, call.id, param: "invoice")
        guard statuses.contains(invoice["status"]) else {
            throw .impossible(
                "This invoice cannot be \(what), because it has a status of \(invoice["status"].string ?? "").",
                code: "invoice_not_editable")
        }
        transaction.at(transaction.billingTime(of: invoice)) { change(invoice) }
        return try transaction.existing(.invoice, call.id, param: "invoice").body
    }
}
