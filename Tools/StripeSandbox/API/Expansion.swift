/// `expand[]`: puts whole objects where an answer has their ids.
struct Expansion {
    /// The fields that Stripe expands, by the object that has them, and what stands in them.
    private static let expandable: [String: [String: ResourceKind]] = [
        "balance_transaction": ["source": .charge],
        "charge": [
            "balance_transaction": .balanceTransaction, "customer": .customer, "payment_intent": .paymentIntent,
            "on_behalf_of": .account, "failure_balance_transaction": .balanceTransaction,
        ],
        "customer": ["invoice_settings.default_payment_method": .paymentMethod],
        "payment_intent": [
            "customer": .customer, "latest_charge": .charge, "payment_method": .paymentMethod, "on_behalf_of": .account,
        ],
        "payment_method": ["customer": .customer],
        "refund": [
            "charge": .charge, "payment_intent": .paymentIntent, "balance_transaction": .balanceTransaction,
            "failure_balance_transaction": .balanceTransaction,
        ],
    ]
    /// Fields that Stripe expands and that the sandbox always answers `null` or whole.
    private static let alwaysEmpty: Set<String> = [
        "application", "application_fee", "review", "transfer", "source_transfer", "default_source",
        "subscriptions", "sources", "tax_ids", "cash_balance", "test_clock", "discount", "transfer_reversal",
        "source_transfer_reversal", "invoice", "customer.default_source", "transfer_data.destination", "processing",
        "mandate",
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
        let known = Self.expandable[kind] ?? [:]
        // A field of the object, or one of an object within it.
        for length in [1, 2] where steps.count >= length {
            let name = steps.prefix(length).joined(separator: ".")
            if let target = known[name] {
                let rest = steps.dropFirst(length)
                return try replace(steps.prefix(length), in: object) { (value) throws(StripeFailure) in
                    let whole = value.string.flatMap { transaction.record(target, $0)?.body } ?? value
                    return rest.isEmpty || whole.isNull ? whole : try expand(rest, in: whole, path: path)
                }
            }
            if Self.alwaysEmpty.contains(name) { return object }
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
