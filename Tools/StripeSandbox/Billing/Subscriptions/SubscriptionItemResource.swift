import OrderedCollections

/// Items of subscriptions, one at a time: the same as an update of the subscription with one item.
enum SubscriptionItemResource {
    static let routes: [Route] = [
        Route(.post, "/v1/subscription_items") { call, transaction throws(StripeFailure) in
            let id = call["subscription"].string ?? ""
            let subscription = try transaction.existing(.subscription, id, param: "subscription")
            let known = Set(subscription.items.map(\.id))
            try change(subscription, [wish(call)], call, transaction)
            let items = transaction.record(.subscription, id)?.items ?? []
            return items.first { !known.contains($0.id) }?.body ?? nil
        },
        Route(.get, "/v1/subscription_items", list),
        Route(.get, "/v1/subscription_items/:id") { call, transaction throws(StripeFailure) in
            try transaction.subscriptionItem(call.id, param: "item").1.body
        },
        Route(.post, "/v1/subscription_items/:id") { call, transaction throws(StripeFailure) in
            let (subscription, _) = try transaction.subscriptionItem(call.id, param: "item")
            try change(subscription, [wish(call).merging(["id": .string(call.id)])], call, transaction)
            return try transaction.subscriptionItem(call.id, param: "item").1.body
        },
        Route(.delete, "/v1/subscription_items/:id") { call, transaction throws(StripeFailure) in
            let (subscription, _) = try transaction.subscriptionItem(call.id, param: "item")
            try change(subscription, [["id": .string(call.id), "deleted": true]], call, transaction)
            return ["id": .string(call.id), "object": "subscription_item", "deleted": true]
        },
    ]

    private static func wish(_ call: Call) -> JSON {
        let names = [
            "billing_thresholds", "current_trial", "discounts", "metadata", "plan", "price", "price_data", "quantity",
            "tax_rates",
        ]
        return .object(call.parameters.fields.filter { names.contains($0.key) })
    }

    private static func change(
        _ subscription: Record, _ items: [JSON], _ call: Call, _ transaction: Transaction
    ) throws(StripeFailure) {
        try SubscriptionParameters.refuseUnsupported(call)
        let status = subscription.subscriptionStatus
        guard !status.isOver, status != .incomplete else {
            throw .impossible("The items of a subscription in `\(status.rawValue)` status cannot be changed.")
        }
        _ = try transaction.at(transaction.billingTime(of: subscription)) { () throws(StripeFailure) in
            let change = try SubscriptionChange(call.parameters.merging(["items": .array(items)]), transaction)
            return try SubscriptionUpdate.commit(change, to: subscription, before: subscription, call, transaction)
        }
    }

    @Sendable private static func list(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        let id = call["subscription"].string ?? ""
        let items = try transaction.existing(.subscription, id, param: "subscription").items.map(\.body)
        return try Listing.page(of: items, call)
    }
}
