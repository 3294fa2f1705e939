/// How invoices are paid: the link between an invoice and its PaymentIntent.
enum InvoicePaymentResource {
    static let routes: [Route] = [
        Route(.get, "/v1/invoice_payments") { call, transaction throws(StripeFailure) in
            let intent = call["payment"]["payment_intent"]
            return try Listing.page(of: .invoicePayment, call, transaction) { payment in
                ["invoice", "status"].allSatisfy { call[$0].isNull || call[$0] == payment[$0] }
                    && (intent.isNull || intent == payment["payment"]["payment_intent"])
            }
        },
        Route(.get, "/v1/invoice_payments/:id") { call, transaction throws(StripeFailure) in
            try transaction.existing(.invoicePayment, call.id, param: "invoice_payment").body
        },
    ]
}

extension Transaction {
    /// An invoice with the list of its payments, which Stripe sends only where it is asked for.
    func withPayments(_ invoice: JSON) -> JSON {
        let id = invoice["id"].string ?? ""
        let payments = [record(.invoice, id)?.hidden["payment"].string.flatMap { record(.invoicePayment, $0)?.body }]
        var invoice = invoice
        invoice["payments"] = [
            "object": "list", "data": .array(payments.compactMap { $0 }), "has_more": false,
            "url": .string("/v1/invoice_payments?invoice=\(id)"),
        ]
        return invoice
    }

    /// An invoice with the secret that a page confirms its payment with; there is none before it is final.
    func withConfirmationSecret(_ invoice: JSON) -> JSON {
        var invoice = invoice
        let intent = record(.invoice, invoice["id"].string ?? "")?.hidden["intent"].string
            .flatMap { record(.paymentIntent, $0) }
        invoice["confirmation_secret"] =
            intent.map { ["client_secret": $0["client_secret"], "type": "payment_intent"] } ?? nil
        return invoice
    }
}
