import StripeModels

/// What happened, as Stripe tells it: kept for `GET /v1/events` and sent to the endpoints that asked for it.
enum EventResource {
    static let routes: [Route] = [
        Route(.get, "/v1/events", list),
        Route(.get, "/v1/events/:id") { call, transaction throws(StripeFailure) in
            let event = try transaction.existing(.event, call.id, param: "id")
            guard transaction.isKept(event) else { throw transaction.noSuch("event", call.id, param: "id") }
            return event.body
        },
    ]

    @Sendable private static func list(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        if call.isSent("type"), call.isSent("types") {
            throw .invalid("You may not specify both `type` and `types`.", param: "types")
        }
        let wanted = call["type"].string.map { [$0] } ?? call["types"].elements.compactMap(\.string)
        guard wanted.count <= 20 else { throw .invalid("You may specify up to 20 types.", param: "types") }
        let delivered = call["delivery_success"].bool
        return try Listing.page(of: .event, call, transaction) { event in
            let type = event["type"].string ?? ""
            guard transaction.isKept(event), wanted.isEmpty || wanted.contains(where: { matches(type, $0) }) else {
                return false
            }
            return delivered == nil || delivered == ((event.hidden["undelivered"].int ?? 0) == 0)
        }
    }

    /// `charge.*` is every event that begins with `charge.`, `*` is every event.
    static func matches(_ type: String, _ pattern: String) -> Bool {
        pattern.hasSuffix("*") ? type.hasPrefix(pattern.dropLast()) : type == pattern
    }
}

extension Transaction {
    /// Records an event about `object` and queues its deliveries.
    /// - Parameter previous: for an update, the former values of what changed.
    func emit(_ type: String, _ object: JSON, previous: JSON? = nil) {
        var data: JSON = ["object": object]
        if let previous { data["previous_attributes"] = previous }
        var body: JSON = [
            "id": .string(Identifier.new(.event)), "object": "event", "api_version": .string(StripeAPI.version),
            "created": .int(time / 1_000_000), "data": data, "livemode": .bool(scope.livemode), "pending_webhooks": 0,
            "request": ["id": JSON(cause?.requestID), "idempotency_key": JSON(cause?.idempotencyKey)],
            "type": .string(type),
        ]
        let subscribers = subscribers(to: type)
        body["pending_webhooks"] = JSON(subscribers.count)
        let id = body["id"].string ?? ""
        insert(.event, id: id, body, hidden: ["undelivered": JSON(subscribers.count)])
        for subscriber in subscribers { queueDelivery(of: id, type: type, to: subscriber) }
        prune(.event) { !isKept($0) }
    }

    /// Stripe keeps events for 30 days.
    func isKept(_ event: Record) -> Bool {
        let created = event["created"].int ?? event["created"].string.flatMap(Timestamp.seconds).map { Int64($0) }
        return created ?? 0 >= time / 1_000_000 - 30 * 24 * 60 * 60
    }
}
