import StripeModels

/// Coupons: by how much something is cheaper, and for how long.
enum CouponResource {
    static let routes: [Route] = [
        Route(.post, "/v1/coupons", create),
        Route(.get, "/v1/coupons") { call, transaction throws(StripeFailure) in
            try Listing.page(of: .coupon, call, transaction, showing: { judged($0.body, at: transaction.now) })
        },
        Route(.get, "/v1/coupons/:id") { call, transaction throws(StripeFailure) in
            judged(try transaction.existing(.coupon, call.id, param: "coupon").body, at: transaction.now)
        },
        Route(.post, "/v1/coupons/:id", update),
        Route(.delete, "/v1/coupons/:id") { call, transaction throws(StripeFailure) in
            let coupon = try transaction.existing(.coupon, call.id, param: "coupon")
            transaction.remove(coupon.id)
            transaction.emit("coupon.deleted", coupon.body)
            return ["id": .string(coupon.id), "object": "coupon", "deleted": true]
        },
    ]

    /// A coupon as it stands now: it ends by itself, by the passing of time.
    static func judged(_ coupon: JSON, at now: Int64) -> JSON {
        var coupon = coupon
        let isOver = coupon["redeem_by"].int.map { $0 <= now } ?? false
        let isUsedUp = coupon["max_redemptions"].int.map { $0 <= coupon["times_redeemed"].int ?? 0 } ?? false
        coupon["valid"] = .bool(!isOver && !isUsedUp)
        return coupon
    }

    @Sendable private static func create(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        guard call["currency_options"].isNull else {
            throw .invalid("This sandbox does not support `currency_options`.", param: "currency_options")
        }
        let id =
            try call["id"].string.map { (id) throws(StripeFailure) in try transaction.chosenID(id, of: "Coupon") }
            ?? Identifier.random(8)
        let products = call["applies_to"]["products"].elements
        for product in products {
            _ = try transaction.product(product.string ?? "", param: "applies_to[products]")
        }
        var body: JSON = [
            "id": .string(id), "object": "coupon", "created": .int(transaction.now),
            "livemode": .bool(call.scope.livemode), "max_redemptions": call["max_redemptions"],
            "metadata": try Metadata.merged(nil, with: call), "name": call["name"], "redeem_by": call["redeem_by"],
            "times_redeemed": 0, "valid": true,
        ]
        body.merge(try worth(call))
        body.merge(try duration(call))
        for name in ["max_redemptions"] where call[name].int.map({ $0 < 1 }) ?? false {
            throw .invalid(
                "This value must be greater than or equal to 1.", code: "parameter_invalid_integer", param: name)
        }
        if let end = call["redeem_by"].int, end <= transaction.now {
            throw .invalid("`redeem_by` must be in the future.", param: "redeem_by")
        }
        // Answered only when it is expanded, which this sandbox does not do.
        transaction.insert(.coupon, id: id, body, hidden: ["products": .array(products)])
        transaction.emit("coupon.created", body)
        return body
    }

    private static func worth(_ call: Call) throws(StripeFailure) -> JSON {
        if let text = call["percent_off"].string, let percent = Double(text) {
            guard call["amount_off"].isNull else {
                throw .invalid(
                    "You may only specify one of these parameters: amount_off, percent_off.", param: "amount_off")
            }
            guard percent > 0, percent <= 100 else {
                throw .invalid("Invalid percent_off: it must be above 0 and at most 100.", param: "percent_off")
            }
            return ["amount_off": nil, "currency": nil, "percent_off": .double(percent)]
        }
        guard let amount = call["amount_off"].int else {
            throw .invalid("Must provide one of amount_off or percent_off.", param: "percent_off")
        }
        guard amount > 0 else {
            throw .invalid(
                "This value must be greater than or equal to 1.", code: "parameter_invalid_integer",
                param: "amount_off")
        }
        guard let code = call["currency"].string else { throw .missing("currency") }
        do throws(AmountError) {
            let currency = try Currency(validating: code)
            return ["amount_off": .int(amount), "currency": .string(currency.rawValue), "percent_off": nil]
        } catch {
            throw .wrongMoney(error)
        }
    }

    private static func duration(_ call: Call) throws(StripeFailure) -> JSON {
        let duration = call["duration"].string ?? "once"
        let months = call["duration_in_months"].int
        guard (duration == "repeating") == (months != nil), months.map({ $0 >= 1 }) ?? true else {
            throw .invalid(
                "`duration_in_months` must be a positive number for a `repeating` coupon, and is for no other.",
                param: "duration_in_months")
        }
        return ["duration": .string(duration), "duration_in_months": JSON(months)]
    }

    @Sendable private static func update(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        var coupon = try transaction.existing(.coupon, call.id, param: "coupon")
        let before = coupon.body
        if call.isSent("name") { coupon["name"] = call["name"] }
        coupon["metadata"] = try Metadata.merged(coupon["metadata"], with: call)
        transaction.put(coupon, changedFrom: before, telling: "coupon.updated")
        return judged(coupon.body, at: transaction.now)
    }
}
