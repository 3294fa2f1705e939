import OrderedCollections

/// Customers.
enum CustomerResource {
    static let routes: [Route] = [
        Route(.post, "/v1/customers", create),
        Route(.get, "/v1/customers") { call, transaction throws(StripeFailure) in
            try Listing.page(of: .customer, call, transaction) { customer in
                customer["deleted"].isNull && (call["email"].isNull || call["email"] == customer["email"])
            }
        },
        Route(.get, "/v1/customers/:id") { call, transaction throws(StripeFailure) in
            try transaction.existing(.customer, call.id, param: "id").body
        },
        Route(.post, "/v1/customers/:id", update),
        Route(.delete, "/v1/customers/:id", delete),
    ]

    /// Fields that are kept as they are sent.
    private static let plain = [
        "balance", "description", "email", "name", "phone", "preferred_locales", "tax_exempt", "invoice_prefix",
        "next_invoice_sequence",
    ]

    @Sendable private static func create(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        let id = ResourceKind.customer.prefix + Identifier.random(14)
        var body: JSON = [
            "id": .string(id), "object": "customer", "address": nil, "balance": 0, "created": .int(transaction.now),
            "currency": nil, "customer_account": nil, "default_source": nil, "delinquent": false, "description": nil,
            "discount": nil, "email": nil, "invoice_prefix": .string(Identifier.random(8).uppercased()),
            "invoice_settings": [
                "custom_fields": nil, "default_payment_method": nil, "footer": nil, "rendering_options": nil,
            ],
            "livemode": .bool(call.scope.livemode), "metadata": [:], "name": nil, "next_invoice_sequence": 1,
            "phone": nil, "preferred_locales": [], "shipping": nil, "tax_exempt": "none", "test_clock": nil,
        ]
        try apply(call, to: &body, transaction)
        transaction.insert(.customer, id: id, body)
        if let method = call["payment_method"].string {
            var method = try transaction.usablePaymentMethod(method, param: "payment_method")
            transaction.attach(&method, to: id)
        }
        transaction.emit("customer.created", body)
        return body
    }

    @Sendable private static func update(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        var customer = try existing(call, transaction)
        let before = customer.body
        try apply(call, to: &customer.body, transaction)
        transaction.put(customer)
        if let previous = changed(from: before, to: customer.body) {
            transaction.emit("customer.updated", customer.body, previous: previous)
        }
        return customer.body
    }

    @Sendable private static func delete(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        var customer = try existing(call, transaction)
        transaction.emit("customer.deleted", customer.body)
        customer.body = ["id": .string(customer.id), "object": "customer", "deleted": true]
        transaction.put(customer)
        for var method in transaction.newest(.paymentMethod) where method["customer"].string == customer.id {
            method["customer"] = nil
            method.hidden["used_up"] = true
            transaction.put(method)
        }
        return customer.body
    }

    private static func existing(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> Record {
        let customer = try transaction.existing(.customer, call.id, param: "id")
        guard customer["deleted"].isNull else { throw transaction.noSuch("customer", call.id, param: "id") }
        return customer
    }

    private static func apply(
        _ call: Call, to body: inout JSON, _ transaction: Transaction
    ) throws(StripeFailure) {
        for name in plain where call.isSent(name) { body[name] = call[name] }
        if let email = call["email"].string, !email.contains("@") {
            throw .invalid("Invalid email address: \(email)", code: "email_invalid", param: "email")
        }
        if call.isSent("address") { body["address"] = call["address"].isNull ? nil : Address.whole(call["address"]) }
        if call.isSent("shipping") { body["shipping"] = Shipping.whole(call["shipping"]) }
        if call.isSent("invoice_settings") {
            if let method = call["invoice_settings"]["default_payment_method"].string {
                let param = "invoice_settings[default_payment_method]"
                let owner = try transaction.paymentMethod(method, param: param)["customer"]
                // One that the same call attaches will do.
                guard owner == body["id"] || (owner.isNull && call["payment_method"].string == method) else {
                    throw .impossible(
                        "The customer does not have a payment method with the ID \(method). The payment method must be "
                            + "attached to the customer.", param: param)
                }
            }
            body["invoice_settings"].merge(call["invoice_settings"])
        }
        body["metadata"] = try Metadata.merged(body["metadata"], with: call)
    }

    /// The former values of what differs; nil when nothing does.
    private static func changed(from before: JSON, to after: JSON) -> JSON? {
        let changed: OrderedDictionary<String, JSON> = before.fields.filter { after[$0.key] != $0.value }
        return changed.isEmpty ? nil : .object(changed)
    }
}

/// `shipping` with every field that Stripe answers; `null` when it was emptied.
enum Shipping {
    static func whole(_ sent: JSON) -> JSON {
        guard !sent.isNull else { return nil }
        var shipping: JSON = ["address": Address.whole(sent["address"])]
        for name in ["carrier", "name", "phone", "tracking_number"] { shipping[name] = sent[name] }
        return shipping
    }
}
