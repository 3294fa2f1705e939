/// Promotion codes: what a buyer types to get a coupon.
enum PromotionCodeResource {
    static let routes: [Route] = [
        Route(.post, "/v1/promotion_codes", create),
        Route(.get, "/v1/promotion_codes", list),
        Route(.get, "/v1/promotion_codes/:id") { call, transaction throws(StripeFailure) in
            judged(try transaction.existing(.promotionCode, call.id, param: "promotion_code").body, at: transaction.now)
        },
        Route(.post, "/v1/promotion_codes/:id", update),
    ]

    /// A code as it stands now: it ends by itself, by the passing of time or by being used up.
    static func judged(_ code: JSON, at now: Int64) -> JSON {
        var code = code
        let isOver = code["expires_at"].int.map { $0 <= now } ?? false
        let isUsedUp = code["max_redemptions"].int.map { $0 <= code["times_redeemed"].int ?? 0 } ?? false
        if isOver || isUsedUp { code["active"] = false }
        return code
    }

    @Sendable private static func create(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        guard let couponID = call["promotion"]["coupon"].string else { throw .missing("promotion[coupon]") }
        let coupon = try transaction.coupon(couponID, param: "promotion[coupon]")
        if let customer = call["customer"].string { _ = try transaction.customer(customer) }
        let text = call["code"].string ?? Identifier.random(8).uppercased()
        guard text.count <= 500, text.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }) else {
            throw .invalid("A code may only have letters, digits and dashes.", param: "code")
        }
        guard transaction.activeCode(text, customer: call["customer"]) == nil else {
            throw .impossible("An active promotion code with `code: \(text)` already exists.", param: "code")
        }
        let restrictions = call["restrictions"]
        guard restrictions["currency_options"].isNull else {
            throw .invalid(
                "This sandbox does not support `currency_options`.", param: "restrictions[currency_options]")
        }
        guard restrictions["minimum_amount"].isNull == restrictions["minimum_amount_currency"].isNull else {
            throw .missing("restrictions[minimum_amount_currency]")
        }
        let id = Identifier.new(.promotionCode)
        let body: JSON = [
            "id": .string(id), "object": "promotion_code", "active": .bool(call["active"].bool ?? true),
            "code": .string(text), "created": .int(transaction.now), "customer": call["customer"],
            "customer_account": nil, "expires_at": call["expires_at"], "livemode": .bool(call.scope.livemode),
            "max_redemptions": call["max_redemptions"], "metadata": try Metadata.merged(nil, with: call),
            "promotion": ["coupon": .string(coupon.id), "type": "coupon"],
            "restrictions": [
                "first_time_transaction": .bool(restrictions["first_time_transaction"].isTrue),
                "minimum_amount": restrictions["minimum_amount"],
                "minimum_amount_currency": restrictions["minimum_amount_currency"],
            ],
            "times_redeemed": 0,
        ]
        transaction.insert(.promotionCode, id: id, body)
        transaction.emit("promotion_code.created", body)
        return body
    }

    @Sendable private static func list(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        try Listing.page(of: .promotionCode, call, transaction) { code in
            (call["active"].isNull || call["active"] == judged(code.body, at: transaction.now)["active"])
                && (call["coupon"].isNull || call["coupon"] == code["promotion"]["coupon"])
                && (call["customer"].isNull || call["customer"] == code["customer"])
                && (call["code"].isNull || call["code"].string?.lowercased() == code["code"].string?.lowercased())
        } showing: {
            judged($0.body, at: transaction.now)
        }
    }

    @Sendable private static func update(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        var code = try transaction.existing(.promotionCode, call.id, param: "promotion_code")
        guard call["restrictions"].isNull else {
            throw .invalid(
                "This sandbox does not support `currency_options`.", param: "restrictions[currency_options]")
        }
        let before = code.body
        if let active = call["active"].bool { code["active"] = .bool(active) }
        code["metadata"] = try Metadata.merged(code["metadata"], with: call)
        transaction.put(code, changedFrom: before, telling: "promotion_code.updated")
        return judged(code.body, at: transaction.now)
    }
}

extension Transaction {
    /// The code that a buyer typed, as one that anyone may use or as this customer's own. Case does not matter.
    func activeCode(_ text: String, customer: JSON) -> Record? {
        newest(.promotionCode).first { code in
            code["code"].string?.lowercased() == text.lowercased()
                && (code["customer"].isNull || code["customer"] == customer)
                && PromotionCodeResource.judged(code.body, at: now)["active"].isTrue
        }
    }

    /// A coupon that a call named in its body, where an unknown one is a bad request.
    func coupon(_ id: String, param: String) throws(StripeFailure) -> Record {
        guard let coupon = record(.coupon, id) else {
            var failure = noSuch("coupon", id, param: param)
            failure.status = 400
            throw failure
        }
        return coupon
    }
}
