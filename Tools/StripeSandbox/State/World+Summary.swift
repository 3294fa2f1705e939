extension World {
    /// What the control page shows of the books: no secrets.
    func summary() -> JSON {
        let scopes = books.keys.sorted { "\($0)" < "\($1)" }
        let intents = scopes.flatMap { scope in
            ids(of: .paymentIntent, in: scope).suffix(50).compactMap { record($0, in: scope) }.map { (scope, $0) }
        }
        let events = scopes.flatMap { scope in
            ids(of: .event, in: scope).suffix(30).compactMap { record($0, in: scope) }.map { (scope, $0) }
        }
        return [
            "accounts": .array(
                scopes.map { scope in
                    [
                        "id": .string(scope.account), "livemode": .bool(scope.livemode),
                        "key": JSON(keyEndings[scope]), "platform": JSON(platforms[scope]?.account),
                        "objects": counts(scope),
                    ]
                }),
            "endpoints": .array(
                scopes.flatMap { scope in
                    (ids(of: .webhookEndpoint, in: scope) + ids(of: .eventDestination, in: scope))
                        .compactMap { record($0, in: scope) }.map { endpoint in
                            row(
                                endpoint,
                                ["id", "enabled_events", "status", "api_version", "event_payload", "livemode"], scope
                            ).merging(["url": JSON(endpoint.deliveryURL)])
                        }
                }),
            "events": .array(
                events.sorted { $0.1.sequence > $1.1.sequence }.prefix(30)
                    .map { scope, event in
                        row(event, ["id", "type", "livemode", "created", "pending_webhooks"], scope)
                            .merging(["object": event["data"]["object"]["id"]])
                    }),
            "payment_intents": .array(
                intents.sorted { $0.1.sequence > $1.1.sequence }.prefix(50)
                    .map { row($0.1, ["id", "amount", "currency", "status", "livemode", "created"], $0.0) }),
        ]
    }

    /// The deliveries that are still to be made, newest first.
    func waitingDeliveries() -> [JSON] {
        books.keys.flatMap { scope in
            ids(of: .delivery, in: scope).compactMap { record($0, in: scope) }.map { (scope, $0) }
        }
        .sorted { $0.1.sequence > $1.1.sequence }
        .map { scope, delivery in
            let event = delivery["event"].string.flatMap { record($0, in: scope) }
            let endpoint = delivery["endpoint_scope"].string.flatMap(AccountScope.init)
                .flatMap { record(delivery["endpoint"].string ?? "", in: $0) }
            return [
                "id": .string(delivery.id), "event": delivery["event"], "type": delivery["type"],
                "account": .string(scope.account), "livemode": .bool(scope.livemode),
                "endpoint": delivery["endpoint"], "url": JSON(endpoint?.deliveryURL),
                "attempt": delivery["attempts"], "state": "pending", "status": delivery["status"], "error": nil,
                "created": event?["created"] ?? nil,
                "next_attempt": .int((delivery["due"].int ?? 0) / 1_000_000),
            ]
        }
    }

    /// How many objects of each kind there are; what Stripe does not show, and events, left out.
    private func counts(_ scope: AccountScope) -> JSON {
        var counts: JSON = [:]
        for kind in ResourceKind.allCases where !kind.rawValue.hasPrefix("_") && kind != .event {
            let count = ids(of: kind, in: scope).count
            if count > 0 { counts[kind.rawValue] = JSON(count) }
        }
        return counts
    }

    private func row(_ record: Record, _ names: [String], _ scope: AccountScope) -> JSON {
        var row: JSON = ["account": .string(scope.account)]
        for name in names { row[name] = record[name] }
        return row
    }
}
