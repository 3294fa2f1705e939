import OrderedCollections
import StripeModels

/// Prices: what a product costs, once or every so often.
enum PriceResource {
    static let routes: [Route] = [
        Route(.post, "/v1/prices", create),
        Route(.get, "/v1/prices", list),
        Route(.get, "/v1/prices/:id") { call, transaction throws(StripeFailure) in
            try transaction.existing(.price, call.id, param: "price").body
        },
        Route(.post, "/v1/prices/:id", update),
    ]

    @Sendable private static func create(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        let data = call["product_data"]
        guard call["product"].isNull || data.isNull else {
            throw .invalid(
                "You may only specify one of these parameters: product, product_data.", param: "product_data")
        }
        guard let named = call["product"].string else {
            guard !data.isNull else { throw .missing("product") }
            let product = try transaction.makeProduct(of: data, param: "product_data")
            return try transaction.makePrice(of: call.parameters, product: product.id, param: nil).body
        }
        let product = try transaction.product(named, param: "product")
        return try transaction.makePrice(of: call.parameters, product: product.id, param: nil).body
    }

    @Sendable private static func list(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        let keys = call["lookup_keys"].elements
        guard keys.count <= 10 else {
            throw .invalid("You may specify up to 10 lookup keys.", param: "lookup_keys")
        }
        let recurring = call["recurring"].fields
        return try Listing.page(of: .price, call, transaction) { price in
            (keys.isEmpty || keys.contains(price["lookup_key"]))
                && ["active", "currency", "product", "type"].allSatisfy { call[$0].isNull || call[$0] == price[$0] }
                && recurring.allSatisfy { $0.value == price["recurring"][$0.key] }
        }
    }

    @Sendable private static func update(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        var price = try transaction.existing(.price, call.id, param: "price")
        try PriceTerms.refuseUnsupported(call.parameters, param: nil)
        let before = price.body
        for name in ["active", "nickname"] where call.isSent(name) { price[name] = call[name] }
        if let behavior = call["tax_behavior"].string {
            guard price["tax_behavior"] == "unspecified" || price["tax_behavior"] == .string(behavior) else {
                throw .impossible("You cannot change the tax behavior once it is specified.", param: "tax_behavior")
            }
            price["tax_behavior"] = .string(behavior)
        }
        if call.isSent("lookup_key") {
            try transaction.take(call["lookup_key"], for: price.id, moving: call["transfer_lookup_key"].isTrue)
            price["lookup_key"] = call["lookup_key"]
        }
        price["metadata"] = try Metadata.merged(price["metadata"], with: call)
        transaction.put(price, changedFrom: before, telling: "price.updated")
        return price.body
    }
}

extension Transaction {
    /// Makes a price of the parameters of `POST /v1/prices`, or of a `price_data` at `prefix`.
    /// - Parameter active: inline prices of a Checkout Session are not, so that they are used once.
    func makePrice(
        of sent: JSON, product: String, param prefix: String?, active: Bool = true
    ) throws(StripeFailure) -> Record {
        let terms = try PriceTerms(sent, param: prefix)
        let id = Identifier.new(.price)
        let lookupKey = sent["lookup_key"]
        try take(lookupKey, for: id, moving: sent["transfer_lookup_key"].isTrue)
        let body: JSON = [
            "id": .string(id), "object": "price", "active": sent["active"].bool.map(JSON.bool) ?? .bool(active),
            "billing_scheme": "per_unit", "created": .int(now), "currency": .string(terms.currency.rawValue),
            "custom_unit_amount": nil, "livemode": .bool(scope.livemode), "lookup_key": lookupKey,
            "metadata": try Metadata.merged(nil, isSent: sent.has("metadata"), sent["metadata"]),
            "nickname": sent["nickname"], "product": .string(product), "recurring": terms.recurring,
            "tax_behavior": sent["tax_behavior"].isNull ? "unspecified" : sent["tax_behavior"], "tiers_mode": nil,
            "transform_quantity": nil, "type": terms.recurring.isNull ? "one_time" : "recurring",
            "unit_amount": .int(terms.unitAmount), "unit_amount_decimal": .string(String(terms.unitAmount)),
        ]
        let price = insert(.price, id: id, body)
        emit("price.created", body)
        return price
    }

    /// A price that a call named in its body, where an unknown one is a bad request.
    func price(_ id: String, param: String) throws(StripeFailure) -> Record {
        guard let price = record(.price, id) else {
            var failure = noSuch("price", id, param: param)
            failure.status = 400
            throw failure
        }
        return price
    }

    /// A price that may be sold: it and its product are active.
    func activePrice(_ id: String, param: String) throws(StripeFailure) -> Record {
        let price = try self.price(id, param: param)
        guard price["active"].isTrue else {
            throw .impossible(
                "The price specified is inactive. This field only accepts active prices.", param: param)
        }
        guard record(.product, price["product"].string ?? "")?["active"].isTrue ?? false else {
            throw .impossible("The product of the price specified is not active.", param: param)
        }
        return price
    }

    /// Gives a lookup key to one price; it belongs to one at a time.
    fileprivate func take(_ key: JSON, for id: String, moving: Bool) throws(StripeFailure) {
        guard let text = key.string else { return }
        guard text.count <= 200 else {
            throw .invalid("A lookup key may have up to 200 characters.", param: "lookup_key")
        }
        guard var holder = newest(.price).first(where: { $0["lookup_key"] == key && $0.id != id }) else { return }
        guard moving else {
            throw .impossible("A price (`\(holder.id)`) already uses that lookup key.", param: "lookup_key")
        }
        let before = holder.body
        holder["lookup_key"] = nil
        put(holder, changedFrom: before, telling: "price.updated")
    }
}
