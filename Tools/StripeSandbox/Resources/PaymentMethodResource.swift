/// Cards and bank accounts, as tokens. The number decides how one behaves and is then forgotten.
enum PaymentMethodResource {
    static let routes: [Route] = [
        Route(.post, "/v1/payment_methods", by: .publishable(), create),
        Route(.get, "/v1/payment_methods", list),
        Route(.get, "/v1/payment_methods/:id") { call, transaction throws(StripeFailure) in
            try transaction.paymentMethod(call.id).body
        },
        Route(.post, "/v1/payment_methods/:id", update),
        Route(.post, "/v1/payment_methods/:id/attach", attach),
        Route(.post, "/v1/payment_methods/:id/detach", detach),
        Route(.get, "/v1/customers/:id/payment_methods", listOfCustomer),
        Route(.get, "/v1/customers/:id/payment_methods/:id") { call, transaction throws(StripeFailure) in
            let customer = try transaction.existing(.customer, call.ids[0], param: "customer")
            let method = try transaction.paymentMethod(call.id)
            guard method["customer"].string == customer.id else {
                throw transaction.noSuch("payment_method", call.id, param: "payment_method")
            }
            return method.body
        },
    ]

    @Sendable private static func create(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        try transaction.makePaymentMethod(of: call.parameters, param: nil).body
    }

    @Sendable private static func list(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        if let id = call["customer"].string { _ = try transaction.customer(id) }
        return try list(call, transaction, customer: call["customer"].string)
    }

    @Sendable private static func listOfCustomer(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON
    {
        let customer = try transaction.existing(.customer, call.id, param: "customer")
        return try list(call, transaction, customer: customer.id)
    }

    private static func list(
        _ call: Call, _ transaction: Transaction, customer: String?
    ) throws(StripeFailure) -> JSON {
        try Listing.page(of: .paymentMethod, call, transaction) { method in
            // Stripe lists nothing without a customer but what Treasury has made; one that is detached is never listed.
            guard let owner = method["customer"].string, owner == customer else { return false }
            return ["type", "allow_redisplay"].allSatisfy { call[$0].isNull || call[$0] == method[$0] }
        }
    }

    @Sendable private static func update(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        var method = try transaction.paymentMethod(call.id)
        if call.isSent("billing_details") {
            method["billing_details"].merge(
                BillingDetails.whole(call["billing_details"], over: method["billing_details"]))
        }
        if call.isSent("allow_redisplay") { method["allow_redisplay"] = call["allow_redisplay"] }
        if call["card"].has("exp_month") || call["card"].has("exp_year") {
            let expires = try CardExpiry(
                method["card"].merging(call["card"]), now: transaction.now, month: "card[exp_month]",
                year: "card[exp_year]")
            method["card"]["exp_month"] = .int(expires.month)
            method["card"]["exp_year"] = .int(expires.year)
        }
        method["metadata"] = try Metadata.merged(method["metadata"], with: call)
        transaction.put(method)
        transaction.emit("payment_method.updated", method.body)
        return method.body
    }

    @Sendable private static func attach(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        guard let customerID = call["customer"].string else { throw .missing("customer") }
        let customer = try transaction.customer(customerID)
        var method = try transaction.usablePaymentMethod(call.id, param: "payment_method")
        if let owner = method["customer"].string, owner != customer.id {
            throw .impossible(
                "The payment method you provided has already been attached to a customer.",
                code: "payment_method_already_attached", param: "payment_method")
        }
        if case .declines(let decline) = CardBehaviour(stored: method.hidden), !method.hidden["attachable"].isTrue {
            throw .declined(decline, method: method.body, charge: nil)
        }
        transaction.attach(&method, to: customer.id)
        return method.body
    }

    @Sendable private static func detach(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        var method = try transaction.paymentMethod(call.id)
        guard let customer = method["customer"].string else {
            throw .impossible(
                "The payment method you provided is not attached to a customer so detachment is impossible.",
                param: "payment_method")
        }
        method["customer"] = nil
        method.hidden["used_up"] = true
        transaction.put(method)
        transaction.emit("payment_method.detached", method.body, previous: ["customer": .string(customer)])
        return method.body
    }
}

extension JSON {
    var isTrue: Bool { self == .bool(true) }
}
