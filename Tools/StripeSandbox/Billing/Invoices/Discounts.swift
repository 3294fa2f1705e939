/// A discount of a subscription that counts at some time.
struct ActiveDiscount: Sendable {
    /// `di_…`
    let id: String
    let applied: AppliedDiscount
}

extension Transaction {
    /// Puts discounts on a subscription, in the place of those that it had.
    func applyDiscounts(_ discounts: [AppliedDiscount], to subscription: inout Record) {
        subscription["discounts"] = .array(
            discounts.map { discount in
                redeem(discount)
                let id = Identifier.new(.discount)
                let months = discount.coupon["duration_in_months"].int
                insert(
                    .discount, id: id,
                    discount.object(
                        id: id, start: now, end: months.map { CivilTime(now).adding(months: $0).seconds },
                        on: ["customer": subscription["customer"], "subscription": .string(subscription.id)]))
                return .string(id)
            })
    }

    /// The discounts of a subscription that have not ended.
    func activeDiscounts(_ subscription: Record) -> [ActiveDiscount] {
        subscription["discounts"].elements.compactMap { id in
            guard let discount = id.string.flatMap({ record(.discount, $0) }),
                discount["end"].int.map({ $0 > now }) ?? true,
                let coupon = discount["source"]["coupon"].string.flatMap({ record(.coupon, $0) })
            else { return nil }
            return ActiveDiscount(
                id: discount.id,
                applied: AppliedDiscount(
                    coupon: coupon,
                    promotionCode: discount["promotion_code"].string.flatMap { record(.promotionCode, $0) }))
        }
    }

    /// What a discount leaves of an item's price for a whole period: a proration is a part of this.
    ///
    /// Only percentages count here: an amount is taken off an invoice, not off a part of one.
    func discounted(_ item: SubscriptionItem, _ discounts: [ActiveDiscount]) -> Int64 {
        discounts.filter { !$0.applied.coupon["percent_off"].isNull }.reduce(item.amount) { amount, discount in
            let line = (amount: amount, product: item.price["product"].string ?? "")
            return amount - discount.applied.shares(of: [line], currency: item.price["currency"].string ?? "")[0]
        }
    }

    /// Takes those off the subscription that were for one invoice, and took something off it.
    func useUp(_ discounts: [ActiveDiscount], on invoice: JSON, of subscription: inout Record) {
        let taken = Set(
            invoice["total_discount_amounts"].elements.filter { $0["amount"] != 0 }.map { $0["discount"] })
        let used = taken.intersection(
            discounts.filter { $0.applied.coupon["duration"] == "once" }.map { JSON.string($0.id) })
        guard !used.isEmpty else { return }
        subscription["discounts"] = .array(subscription["discounts"].elements.filter { !used.contains($0) })
    }
}
