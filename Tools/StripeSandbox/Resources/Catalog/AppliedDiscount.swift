/// A coupon that is put to use, by itself or by way of a promotion code. Checkout and billing reckon with it alike.
struct AppliedDiscount: Sendable {
    let coupon: Record
    let promotionCode: Record?

    /// What each amount is cheaper by: a percentage of each, or an amount spread over them; never more than they are.
    /// - Parameter lines: minor units in `currency`, and the product that each is for.
    func shares(of lines: [(amount: Int64, product: String)], currency: String) -> [Int64] {
        let products = coupon.hidden["products"].elements.compactMap(\.string)
        let eligible = lines.map { products.isEmpty || products.contains($0.product) ? max($0.amount, 0) : 0 }
        if let percent = Percentage(coupon["percent_off"]) { return eligible.map(percent.of) }
        let total = eligible.reduce(0, +)
        guard let off = coupon["amount_off"].int, coupon["currency"].string == currency, total > 0 else {
            return lines.map { _ in 0 }
        }
        // Each takes its part of what is left, so that the parts add up to the whole.
        var (left, amounts) = (min(off, total), total)
        return eligible.map { amount in
            guard amounts > 0 else { return 0 }
            let share = Proration.part(of: left, amount, of: amounts)
            (left, amounts) = (left - share, amounts - amount)
            return share
        }
    }

    /// As Stripe shows it: a `discount` object.
    /// - Parameter places: what it is on: `customer`, `checkout_session`, `subscription`, `invoice`…
    func object(id: String, start: Int64, end: Int64?, on places: JSON) -> JSON {
        let discount: JSON = [
            "id": .string(id), "object": "discount", "checkout_session": nil, "customer": nil,
            "customer_account": nil, "end": JSON(end), "invoice": nil, "invoice_item": nil,
            "promotion_code": JSON(promotionCode?.id),
            "source": ["coupon": .string(coupon.id), "type": "coupon"], "start": .int(start), "subscription": nil,
            "subscription_item": nil,
        ]
        return discount.merging(places)
    }
}

extension Transaction {
    /// What one element of `discounts` asks for: `{coupon}` or `{promotion_code}`.
    func discount(
        _ sent: JSON, param: String, customer: JSON, amount: Int64, currency: String
    ) throws(StripeFailure) -> AppliedDiscount {
        if let id = sent["promotion_code"].string {
            guard sent["coupon"].isNull else {
                throw .invalid(
                    "You may only specify one of these parameters: coupon, promotion_code.", param: param)
            }
            guard let code = record(.promotionCode, id) else {
                var failure = noSuch("promotion code", id, param: "\(param)[promotion_code]")
                failure.status = 400
                throw failure
            }
            return try discount(
                code, param: "\(param)[promotion_code]", customer: customer, amount: amount, currency: currency)
        }
        guard let id = sent["coupon"].string else { throw .missing("\(param)[coupon]") }
        let coupon = try usableCoupon(id, param: "\(param)[coupon]", currency: currency)
        return AppliedDiscount(coupon: coupon, promotionCode: nil)
    }

    /// A promotion code put to use.
    /// - Parameter amount: the subtotal in minor units, for codes that want a least one.
    func discount(
        _ code: Record, param: String, customer: JSON, amount: Int64, currency: String
    ) throws(StripeFailure) -> AppliedDiscount {
        guard PromotionCodeResource.judged(code.body, at: now)["active"].isTrue else {
            throw .impossible(
                "This promotion code is inactive or has expired.", code: "promotion_code_inactive", param: param)
        }
        guard code["customer"].isNull || code["customer"] == customer else {
            throw .impossible(
                "This promotion code is for another customer.", code: "promotion_code_customer_mismatch", param: param)
        }
        let rules = code["restrictions"]
        if let least = rules["minimum_amount"].int {
            guard rules["minimum_amount_currency"].string == currency, amount >= least else {
                throw .impossible(
                    "This promotion code cannot be redeemed because the amount is below its minimum.",
                    code: "promotion_code_minimum_not_met", param: param)
            }
        }
        if rules["first_time_transaction"].isTrue, let customer = customer.string {
            guard !newest(.charge).contains(where: { $0["customer"].string == customer && $0["paid"].isTrue }) else {
                throw .impossible(
                    "This promotion code cannot be redeemed because the associated customer has prior transactions.",
                    code: "promotion_code_not_first_transaction", param: param)
            }
        }
        let coupon = try usableCoupon(
            code["promotion"]["coupon"].string ?? "", param: param, currency: currency)
        return AppliedDiscount(coupon: coupon, promotionCode: code)
    }

    private func usableCoupon(_ id: String, param: String, currency: String) throws(StripeFailure) -> Record {
        let coupon = try coupon(id, param: param)
        guard CouponResource.judged(coupon.body, at: now)["valid"].isTrue else {
            throw .impossible(
                "Coupon \(id) is expired or has been redeemed as often as it may be.", code: "coupon_expired",
                param: param)
        }
        guard coupon["currency"].isNull || coupon["currency"].string == currency else {
            throw .impossible(
                "The coupon \(id) is for another currency than \(currency).", param: param)
        }
        return coupon
    }

    /// Counts a use.
    func redeem(_ discount: AppliedDiscount) {
        for place in [discount.coupon, discount.promotionCode] {
            guard let place, var record = record(place.kind, place.id) else { continue }
            record["times_redeemed"] = .int((record["times_redeemed"].int ?? 0) + 1)
            put(record)
        }
    }
}
