import StripeModels

/// Where events are sent. The secret is shown once, in the answer that makes the endpoint.
enum WebhookEndpointResource {
    static let routes: [Route] = [
        Route(.post, "/v1/webhook_endpoints", create),
        Route(.get, "/v1/webhook_endpoints") { call, transaction throws(StripeFailure) in
            try Listing.page(of: .webhookEndpoint, call, transaction)
        },
        Route(.get, "/v1/webhook_endpoints/:id") { call, transaction throws(StripeFailure) in
            try endpoint(call, transaction).body
        },
        Route(.post, "/v1/webhook_endpoints/:id", update),
        Route(.delete, "/v1/webhook_endpoints/:id", delete),
    ]

    @Sendable private static func create(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        let url = try address(call["url"].string ?? "")
        try transaction.checkRoomForEndpoint()
        let id = Identifier.new(.webhookEndpoint)
        let secret = "whsec_" + Identifier.random(32)
        let connect = call["connect"].bool ?? false
        let body: JSON = [
            "id": .string(id), "object": "webhook_endpoint", "api_version": JSON(call["api_version"].string),
            "application": nil, "created": .int(transaction.now), "description": JSON(call["description"].string),
            "enabled_events": .array(try events(call)), "livemode": .bool(call.scope.livemode),
            "metadata": try Metadata.merged(nil, with: call), "status": "enabled", "url": .string(url),
        ]
        transaction.insert(
            .webhookEndpoint, id: id, body, hidden: ["secret": .string(secret), "connect": .bool(connect)])
        return body.merging(["secret": .string(secret)])
    }

    @Sendable private static func update(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        var record = try endpoint(call, transaction)
        if call.isSent("url") {
            record["url"] = .string(try address(call["url"].string ?? ""))
        }
        if call.isSent("enabled_events") { record["enabled_events"] = .array(try events(call)) }
        if call.isSent("description") { record["description"] = call["description"] }
        if let disabled = call["disabled"].bool { record["status"] = disabled ? "disabled" : "enabled" }
        record["metadata"] = try Metadata.merged(record["metadata"], with: call)
        transaction.put(record)
        return record.body
    }

    @Sendable private static func delete(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        let record = try endpoint(call, transaction)
        transaction.remove(record.id)
        return ["id": .string(record.id), "object": "webhook_endpoint", "deleted": true]
    }

    private static func endpoint(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> Record {
        guard let record = transaction.record(.webhookEndpoint, call.id) else {
            throw transaction.noSuch("webhook endpoint", call.id, param: "id")
        }
        return record
    }

    private static func events(_ call: Call) throws(StripeFailure) -> [JSON] {
        let events = call["enabled_events"].elements
        guard !events.isEmpty else { throw .missing("enabled_events") }
        return events
    }

    /// Stripe takes only https in live mode. Here live endpoints may be local as well: there is no live money.
    static func address(_ url: String, param: String = "url") throws(StripeFailure) -> String {
        let isWeb = url.hasPrefix("https://") || url.hasPrefix("http://")
        guard isWeb, url.split(separator: "/", omittingEmptySubsequences: true).count >= 2, !url.contains(" ") else {
            throw .invalid(
                "Invalid URL: An explicit scheme (such as https) must be provided.", code: "url_invalid", param: param)
        }
        return url
    }
}

extension Transaction {
    /// Stripe has a limit for an account, in each mode.
    func checkRoomForEndpoint() throws(StripeFailure) {
        let most = 16
        let endpoints = world.ids(of: .webhookEndpoint, in: scope) + world.ids(of: .eventDestination, in: scope)
        guard endpoints.count < most else {
            throw .impossible("You have reached the maximum of \(most) test webhook endpoints.")
        }
    }
}
