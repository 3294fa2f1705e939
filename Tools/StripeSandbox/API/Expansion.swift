/// `expand[]`: puts whole objects where an answer has their ids.
struct Expansion {
    /// The fields that Stripe expands, by the object that has them, and what stands in them.
    private static let expandable: [String: [String: ResourceKind]] = [
        "application_fee": ["account": .account, "balance_transaction": .balanceTransaction],
        "balance_transaction": ["source": .charge],
        "charge": [
            "balance_transaction": .balanceTransaction, "customer": .customer, "payment_intent": .paymentIntent,
            "on_behalf_of": .account, "failure_balance_transaction": .balanceTransaction,
        ],
        "customer": ["invoice_settings.default_payment_method": .paymentMethod],
        "dispute": ["charge": .charge, "payment_intent": .paymentIntent],
        "payment_intent": [
            "customer": .customer, "latest_charge": .charge, "payment_method": .paymentMethod, "on_behalf_of": .account,
        ],
        "payment_method": ["customer": .customer],
        "checkout.session": [
            "customer": .customer, "payment_intent": .paymentIntent, "setup_intent": .setupIntent,
            "subscription": .subscription, "invoice": .invoice,
        ],
        "discount": ["customer": .customer, "promotion_code": .promotionCode, "source.coupon": .coupon],
        "invoice": [
            "customer": .customer, "default_payment_method": .paymentMethod, "discounts": .discount,
            "parent.subscription_details.subscription": .subscription,
        ],
        "invoice_payment": [
            "invoice": .invoice, "payment.charge": .charge, "payment.payment_intent": .paymentIntent,
        ],
        "invoiceitem": ["customer": .customer, "discounts": .discount, "invoice": .invoice],
        "item": ["price.product": .product],
        "line_item": [
            "discounts": .discount, "pricing.price_details.price": .price, "subscription": .subscription,
        ],
        "price": ["product": .product],
        "product": ["default_price": .price],
        "setup_attempt": ["customer": .customer, "payment_method": .paymentMethod, "setup_intent": .setupIntent],
        "setup_intent": [
            "customer": .customer, "latest_attempt": .setupAttempt, "payment_method": .paymentMethod,
            "on_behalf_of": .account,
        ],
        "plan": ["product": .product],
        "promotion_code": ["customer": .customer, "promotion.coupon": .coupon],
        "refund": [
            "charge": .charge, "payment_intent": .paymentIntent, "balance_transaction": .balanceTransaction,
            "failure_balance_transaction": .balanceTransaction,
        ],
        "subscription": [
            "customer": .customer, "default_payment_method": .paymentMethod, "discounts": .discount,
            "latest_invoice": .invoice, "pending_setup_intent": .setupIntent, "test_clock": .testClock,
        ],
        "subscription_item": ["discounts": .discount],
    ]
    /// Fields that Stripe expands and that the sandbox always answers `null` or whole.
    private static let alwaysEmpty: Set<String> = [
        "application", "application_fee", "review", "transfer", "source_transfer", "default_source",
        "subscriptions", "sources", "tax_ids", "cash_balance", "test_clock", "discount", "transfer_reversal",
        "source_transfer_reversal", "invoice", "customer.default_source", "transfer_data.destination", "processing",
        "mandate", "single_use_mandate", "payment_link",
    ]

    let transaction: Transaction

    /// - Parameter paths: as sent, `latest_charge.balance_transaction` or, for a list, `data.customer`.
    func apply(_ paths: [String], to answer: JSON) throws(StripeFailure) -> JSON {
        var answer = answer
        for path in paths {
            var steps = path.split(separator: ".").map(String.init)
            guard !steps.isEmpty else { continue }
            guard steps.count <= 5 else {
                throw .invalid("You cannot expand more than 4 levels of a property. Property: \(path)", param: "expand")
            }
            if answer["object"].string == "list" {
                guard steps.removeFirst() == "data", !steps.isEmpty else { throw Self.refused(path) }
                var data: [JSON] = []
                for element in answer["data"].elements { data.append(try expand(steps[...], in: element, path: path)) }
                answer["data"] = .array(data)
            } else {
                answer = try expand(steps[...], in: answer, path: path)
            }
        }
        return answer
    }

    private func expand(_ steps: ArraySlice<String>, in object: JSON, path: String) throws(StripeFailure) -> JSON {
        guard let kind = object["object"].string else { return object }
        if kind == "charge", steps.first == "refunds" { return transaction.withRefunds(object) }
        if kind == "list", steps.first == "data" {
            var data: [JSON] = []
            for element in object["data"].elements {
                data.append(try expand(steps.dropFirst(), in: element, path: path))
            }
            return object.merging(["data": .array(data)])
        }
        if kind == "checkout.session", steps.first == "line_items" {
            var whole = object["line_items"].isNull ? transaction.withLineItems(object) : object
            let rest = steps.dropFirst()
            if !rest.isEmpty { whole["line_items"] = try expand(rest, in: whole["line_items"], path: path) }
            return whole
        }
        if kind == "invoice", let name = steps.first, name == "payments" || name == "confirmation_secret" {
            var whole =
                object[name].isNull
                ? (name == "payments" ? transaction.withPayments(object) : transaction.withConfirmationSecret(object))
                : object
            if steps.count > 1 { whole[name] = try expand(steps.dropFirst(), in: whole[name], path: path) }
            return whole
        }
        let known = Self.expandable[kind] ?? [:]
        // A field of the object, or one of an object within it.
        for length in [1, 2, 3] where steps.count >= length {
            let name = steps.prefix(length).joined(separator: ".")
            if let target = known[name] {
                let rest = steps.dropFirst(length)
                return try replace(steps.prefix(length), in: object) { (value) throws(StripeFailure) in
                    if case .array(let ids) = value {
                        var all: [JSON] = []
                        for id in ids {
                            let whole = id.string.flatMap { transaction.record(target, $0) }?.body ?? id
                            all.append(rest.isEmpty ? whole : try expand(rest, in: whole, path: path))
                        }
                        return .array(all)
                    }
                    // An id is of one kind only; what moves a balance may be a refund, a dispute or a fee as well.
                    let found = value.string.flatMap { id in
                        name == "source"
                            ? transaction.world.record(id, in: transaction.scope) : transaction.record(target, id)
                    }
                    let whole = found?.body ?? value
                    return rest.isEmpty || whole.isNull ? whole : try expand(rest, in: whole, path: path)
                }
            }
            if Self.alwaysEmpty.contains(name) { return object }
        }
        // What is whole already, such as the items of a subscription.
        if let name = steps.first, !object[name]["object"].isNull, steps.count > 1 {
            return object.merging([name: try expand(steps.dropFirst(), in: object[name], path: path)])
        }
        throw Self.refused(path)
    }

    private func replace(
        _ steps: ArraySlice<String>, in object: JSON, by whole: (JSON) throws(StripeFailure) -> JSON
    ) throws(StripeFailure) -> JSON {
        guard let name = steps.first else { return try whole(object) }
        guard !object[name].isNull else { return object }
        var object = object
        object[name] = try replace(steps.dropFirst(), in: object[name], by: whole)
        return object
    }

    private static func refused(_ path: String) -> StripeFailure {
        .invalid(
            "This property cannot be expanded (\(path)). You may want to try expanding a different property, or check that "
                + "you are using a version of the API that has it.", param: "expand")
    }
}
