/// Subscriptions: the calls. What they do is in the transaction's extensions.
enum SubscriptionResource {
    static let routes: [Route] = [
        Route(.post, "/v1/subscriptions", SubscriptionCreation.create),
        Route(.get, "/v1/subscriptions", list),
        Route(.get, "/v1/subscriptions/:id") { call, transaction throws(StripeFailure) in
            try transaction.existing(.subscription, call.id, param: "id").body
        },
        Route(.post, "/v1/subscriptions/:id", SubscriptionUpdate.update),
        Route(.delete, "/v1/subscriptions/:id", SubscriptionEnd.cancel),
        Route(.delete, "/v1/subscriptions/:id/discount", deleteDiscount),
        Route(.post, "/v1/subscriptions/:id/pause", SubscriptionEnd.pause),
        Route(.post, "/v1/subscriptions/:id/resume", SubscriptionEnd.resume),
    ]

    @Sendable private static func list(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        if let id = call["customer"].string { _ = try transaction.customer(id) }
        let starts = call["current_period_start"]
        let ends = call["current_period_end"]
        return try Listing.page(of: .subscription, call, transaction) { subscription in
            let status = subscription.subscriptionStatus
            let isWanted =
                switch call["status"].string {
                case nil: status != .canceled
                case "all": true
                case "ended": status.isOver
                case let wanted?: status.rawValue == wanted
                }
            guard isWanted else { return false }
            let period = subscription.currentPeriod
            return ["customer", "collection_method", "test_clock"].allSatisfy {
                call[$0].isNull || call[$0] == subscription[$0]
            }
                && (call["price"].isNull || subscription.items.contains { $0.price["id"] == call["price"] })
                && (call["plan"].isNull || subscription.items.contains { $0.price["id"] == call["plan"] })
                && (call["automatic_tax"].isNull
                    || call["automatic_tax"]["enabled"] == subscription["automatic_tax"]["enabled"])
                && Listing.isWithin(starts, period.start) && Listing.isWithin(ends, period.end)
        }
    }

    @Sendable private static func deleteDiscount(
        _ call: Call, _ transaction: Transaction
    ) throws(StripeFailure) -> JSON {
        var subscription = try transaction.existing(.subscription, call.id, param: "id")
        let before = subscription.body
        guard let last = subscription["discounts"].elements.last,
            let discount = last.string.flatMap({ transaction.record(.discount, $0) })
        else {
            throw .impossible("No active discount for subscription: \(call.id)", code: "resource_missing")
        }
        subscription["discounts"] = .array(subscription["discounts"].elements.dropLast())
        transaction.keep(subscription, changedFrom: before)
        transaction.remove(discount.id)
        transaction.emit("customer.discount.deleted", discount.body)
        return discount.body.merging(["deleted": true])
    }
}
