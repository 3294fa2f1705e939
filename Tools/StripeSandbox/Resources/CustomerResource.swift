/// Customers.
enum CustomerResource {
    static let routes: [Route] = [
        Route(.post, "/v1/customers", create),
        Route(.get, "/v1/customers") { call, transaction throws(StripeFailure) in
            try Listing.page(of: .customer, call, transaction) { customer in
                customer["deleted"].isNull
                    && ["email", "test_clock"].allSatisfy { call[$0].isNull || call[$0] == customer[$0] }
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
        let clock = try call["test_clock"].string.map { (id) throws(StripeFailure) in
            try transaction.existing(.testClock, id, param: "test_clock")
        }
        return try transaction.at(transaction.billingTime(byClock: clock?.id)) { () throws(StripeFailure) in
            var customer = transaction.newCustomer(["test_clock": JSON(clock?.id)])
            try apply(call, to: &customer.body, transaction)
            transaction.put(customer)
            if let named = call["payment_method"].string {
                var method = try transaction.usablePaymentMethod(named, param: "payment_method")
                transaction.attach(&method, to: customer.id)
                // A token stands for what was made of it.
                if customer["invoice_settings"]["default_payment_method"].string == named {
                    customer["invoice_settings"]["default_payment_method"] = .string(method.id)
                    transaction.put(customer)
                }
            }
            transaction.emit("customer.created", customer.body)
            return customer.body
        }
    }

    @Sendable private static func update(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        var customer = try existing(call, transaction)
        let before = customer.body
        try apply(call, to: &customer.body, transaction)
        transaction.put(customer, changedFrom: before, telling: "customer.updated")
        return customer.body
    }

    @Sendable private static func delete(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        transaction.deleteCustomer(try existing(call, transaction))
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
                // One that the same call attaches will do.
                let isAttachedNow = call["payment_method"].string == method
                let owner = isAttachedNow ? body["id"] : try transaction.paymentMethod(method, param: param)["customer"]
                guard owner == body["id"] else {
                    throw .impossible(
                        "The customer does not have a payment method with the ID \(method). The payment method must be "
                            + "attached to the customer.", param: param)
                }
            }
            body["invoice_settings"].merge(call["invoice_settings"])
        }
        body["metadata"] = try Metadata.merged(body["metadata"], with: call)
    }
}

extension Transaction {
    /// Lets a customer go: its subscriptions end, its payment methods are nobody's.
    @discardableResult
    func deleteCustomer(_ customer: Record) -> JSON {
        for subscription in newest(.subscription) where subscription["customer"].string == customer.id {
            at(billingTime(of: customer)) { endSubscription(subscription.id, because: "cancellation_requested") }
        }
        var customer = customer
        emit("customer.deleted", customer.body)
        customer.body = ["id": .string(customer.id), "object": "customer", "deleted": true]
        put(customer)
        for var method in newest(.paymentMethod) where method["customer"].string == customer.id {
            method["customer"] = nil
            method.hidden["used_up"] = true
            put(method)
        }
        return customer.body
    }

    /// A customer with these fields and no others. Whoever asked for it tells of it.
    func newCustomer(_ fields: JSON = [:]) -> Record {
        let id = ResourceKind.customer.prefix + Identifier.random(14)
        let body: JSON = [
            "id": .string(id), "object": "customer", "address": nil, "balance": 0, "created": .int(now),
            "currency": nil, "customer_account": nil, "default_source": nil, "delinquent": false, "description": nil,
            "discount": nil, "email": nil, "invoice_prefix": .string(Identifier.random(8).uppercased()),
            "invoice_settings": [
                "custom_fields": nil, "default_payment_method": nil, "footer": nil, "rendering_options": nil,
            ],
            "livemode": .bool(scope.livemode), "metadata": [:], "name": nil, "next_invoice_sequence": 1,
            "phone": nil, "preferred_locales": [], "shipping": nil, "tax_exempt": "none", "test_clock": nil,
        ]
        return insert(.customer, id: id, body.merging(fields))
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
