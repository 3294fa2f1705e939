/// Products: what is sold.
enum ProductResource {
    static let routes: [Route] = [
        Route(.post, "/v1/products", create),
        Route(.get, "/v1/products", list),
        Route(.get, "/v1/products/:id") { call, transaction throws(StripeFailure) in
            try transaction.existing(.product, call.id, param: "id").body
        },
        Route(.post, "/v1/products/:id", update),
        Route(.delete, "/v1/products/:id", delete),
    ]

    /// Fields that are kept as they are sent.
    private static let plain = [
        "active", "description", "images", "marketing_features", "name", "package_dimensions", "shippable",
        "statement_descriptor", "tax_code", "tax_details", "type", "unit_label", "url",
    ]

    @Sendable private static func create(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        var product = try transaction.makeProduct(of: call.parameters, param: nil)
        let data = call["default_price_data"]
        if !data.isNull {
            let price = try transaction.makePrice(of: data, product: product.id, param: "default_price_data")
            product["default_price"] = .string(price.id)
            transaction.put(product)
        }
        return product.body
    }

    @Sendable private static func list(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        let ids = call["ids"].elements
        return try Listing.page(of: .product, call, transaction) { product in
            product["deleted"].isNull && (ids.isEmpty || ids.contains(.string(product.id)))
                && ["active", "shippable", "type", "url"].allSatisfy { call[$0].isNull || call[$0] == product[$0] }
        }
    }

    @Sendable private static func update(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        var product = try transaction.product(call.id, param: "id", status: 404)
        let before = product.body
        try apply(call.parameters, to: &product.body)
        if let id = call["default_price"].string {
            let price = try transaction.price(id, param: "default_price")
            guard price["product"].string == product.id else {
                throw .impossible(
                    "The price \(id) does not belong to the product \(product.id).", param: "default_price")
            }
            product["default_price"] = .string(id)
        }
        product["updated"] = .int(transaction.now)
        transaction.put(product, changedFrom: before, telling: "product.updated")
        return product.body
    }

    @Sendable private static func delete(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        var product = try transaction.product(call.id, param: "id", status: 404)
        guard !transaction.newest(.price).contains(where: { $0["product"].string == product.id }) else {
            throw .impossible(
                "This product cannot be deleted because it has one or more user-created prices.", param: "id")
        }
        transaction.emit("product.deleted", product.body)
        product.body = ["id": .string(product.id), "object": "product", "deleted": true]
        transaction.put(product)
        return product.body
    }

    fileprivate static func apply(_ sent: JSON, to body: inout JSON) throws(StripeFailure) {
        for name in plain where sent.has(name) { body[name] = sent[name] }
        for name in ["images", "marketing_features"] where body[name].isNull { body[name] = [] }
        guard body["images"].elements.count <= 8 else {
            throw .invalid("You may specify up to 8 images.", param: "images")
        }
        body["metadata"] = try Metadata.merged(
            body["metadata"], isSent: sent.has("metadata"), sent["metadata"])
    }
}

extension Transaction {
    /// Makes a product of the parameters of `POST /v1/products`, or of a `product_data` at `prefix`.
    func makeProduct(of sent: JSON, param prefix: String?, active: Bool = true) throws(StripeFailure) -> Record {
        guard let name = sent["name"].string, !name.isEmpty else {
            throw .missing(prefix.map { "\($0)[name]" } ?? "name")
        }
        let id =
            try sent["id"].string.map { (id) throws(StripeFailure) in try chosenID(id, of: "Product") }
            ?? ResourceKind.product.prefix + Identifier.random(14)
        var body: JSON = [
            "id": .string(id), "object": "product", "active": .bool(active), "created": .int(now),
            "default_price": nil, "description": nil, "images": [], "livemode": .bool(scope.livemode),
            "marketing_features": [], "metadata": [:], "name": .string(name), "package_dimensions": nil,
            "shippable": nil, "statement_descriptor": nil, "tax_code": nil, "type": "service", "unit_label": nil,
            "updated": .int(now), "url": nil,
        ]
        try ProductResource.apply(sent, to: &body)
        let product = insert(.product, id: id, body)
        emit("product.created", body)
        return product
    }

    /// A product that a call named: in its path (404), or in its body, where an unknown one is a bad request.
    func product(_ id: String, param: String, status: Int = 400) throws(StripeFailure) -> Record {
        guard let product = record(.product, id), product["deleted"].isNull else {
            var failure = noSuch("product", id, param: param)
            failure.status = status
            throw failure
        }
        return product
    }
}
