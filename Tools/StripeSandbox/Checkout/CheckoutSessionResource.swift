import OrderedCollections

/// Checkout Sessions: the calls. What the buyer does on the page is in `Transaction+CheckoutPayment`.
enum CheckoutSessionResource {
    static let routes: [Route] = [
        Route(.post, "/v1/checkout/sessions", CheckoutCreation.create),
        Route(.get, "/v1/checkout/sessions", list),
        Route(.get, "/v1/checkout/sessions/:id") { call, transaction throws(StripeFailure) in
            try existing(call, transaction).body
        },
        Route(.post, "/v1/checkout/sessions/:id", update),
        Route(.post, "/v1/checkout/sessions/:id/expire", expire),
        Route(.get, "/v1/checkout/sessions/:id/line_items") { call, transaction throws(StripeFailure) in
            try lineItems(of: try existing(call, transaction), call, transaction)
        },
    ]

    @Sendable private static func list(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        let email = call["customer_details"]["email"]
        return try Listing.page(of: .checkoutSession, call, transaction) { session in
            ["customer", "payment_intent", "payment_link", "status", "subscription"].allSatisfy {
                call[$0].isNull || call[$0] == session[$0]
            } && (email.isNull || email == session["customer_details"]["email"])
        }
    }

    @Sendable private static func update(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        var session = try existing(call, transaction)
        if let name = call.parameters.fields.keys.first(where: { !["metadata", "expand"].contains($0) }) {
            throw .invalid("This sandbox changes nothing of a Checkout Session but its metadata.", param: name)
        }
        session["metadata"] = try Metadata.merged(session["metadata"], with: call)
        transaction.put(session)
        return session.body
    }

    @Sendable private static func expire(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        let session = try existing(call, transaction)
        guard session["status"] == "open" else {
            throw .impossible(
                "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status of "
                    + "`\(session["status"].string ?? "")`.")
        }
        return transaction.expire(session).body
    }

    private static func existing(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> Record {
        try transaction.existing(.checkoutSession, call.id, param: "session", as: "checkout.session")
    }

    /// A page of the items, in the order in which they were asked for.
    private static func lineItems(
        of session: Record, _ call: Call, _ transaction: Transaction
    ) throws(StripeFailure) -> JSON {
        let limit = Int(call["limit"].int ?? 10)
        guard (1...100).contains(limit) else {
            throw .invalid(
                "This value must be between 1 and 100.", code: "parameter_invalid_integer", param: "limit")
        }
        var rest = transaction.checkoutItems(of: session)[...]
        if let cursor = call["starting_after"].string {
            guard let place = rest.firstIndex(where: { $0["id"].string == cursor }) else {
                throw transaction.noSuch("line item", cursor, param: "starting_after")
            }
            rest = rest[(place + 1)...]
        }
        return [
            "object": "list", "data": .array(Array(rest.prefix(limit))), "has_more": .bool(rest.count > limit),
            "url": .string(call.path),
        ]
    }
}

extension Transaction {
    /// A session with its items, as it is answered where they are expanded.
    func withLineItems(_ session: JSON) -> JSON {
        guard let id = session["id"].string, let record = record(.checkoutSession, id) else { return session }
        var whole = session
        let items = checkoutItems(of: record)
        whole["line_items"] = [
            "object": "list", "data": .array(Array(items.prefix(10))), "has_more": .bool(items.count > 10),
            "url": .string("/v1/checkout/sessions/\(id)/line_items"),
        ]
        return whole
    }
}
