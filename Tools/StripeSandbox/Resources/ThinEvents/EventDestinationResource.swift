/// `/v2/core/event_destinations`: where events are sent, thin or as snapshots. The secret is shown once, to whoever asks for
/// it when the destination is made.
enum EventDestinationResource {
    static let routes: [Route] = [
        Route(.post, "/v2/core/event_destinations", create),
        Route(.get, "/v2/core/event_destinations") { call, transaction throws(StripeFailure) in
            try V2Listing.page(of: transaction.newest(.eventDestination), call) { shown($0, call) }
        },
        Route(.get, "/v2/core/event_destinations/:id") { call, transaction throws(StripeFailure) in
            shown(try existing(call, transaction), call)
        },
        Route(.post, "/v2/core/event_destinations/:id", update),
        Route(.delete, "/v2/core/event_destinations/:id") { call, transaction throws(StripeFailure) in
            let destination = try existing(call, transaction)
            transaction.remove(destination.id)
            return ["id": .string(destination.id), "object": "v2.core.event_destination"]
        },
        Route(.post, "/v2/core/event_destinations/:id/disable") { call, transaction throws(StripeFailure) in
            try set("disabled", because: ["disabled": ["reason": "user"]], call, transaction)
        },
        Route(.post, "/v2/core/event_destinations/:id/enable") { call, transaction throws(StripeFailure) in
            try set("enabled", because: nil, call, transaction)
        },
        Route(.post, "/v2/core/event_destinations/:id/ping") { call, transaction throws(StripeFailure) in
            try transaction.ping(try existing(call, transaction)).body
        },
    ]

    @Sendable private static func create(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        guard call["type"] == "webhook_endpoint" else {
            throw .impossible("This sandbox delivers to webhook endpoints only.", param: "type")
        }
        guard let url = call["webhook_endpoint"]["url"].string else { throw .missing("webhook_endpoint[url]") }
        try transaction.checkRoomForEndpoint()
        let isThin = call["event_payload"] == "thin"
        if isThin, call.isSent("snapshot_api_version") {
            throw .invalid(
                "`snapshot_api_version` is for snapshot events only: thin events have no version.",
                param: "snapshot_api_version")
        }
        let sources = call["events_from"].elements
        guard sources.allSatisfy({ $0 == "@self" || $0 == "@accounts" }) else {
            throw .invalid("Invalid events_from: must be `@self` or `@accounts`.", param: "events_from")
        }
        let id = Identifier.new(.eventDestination)
        let created = JSON.string(Timestamp.text(transaction.now))
        let destination = transaction.insert(
            .eventDestination, id: id,
            [
                "id": .string(id), "object": "v2.core.event_destination", "created": created,
                "description": .string(call["description"].string ?? ""),
                "enabled_events": .array(try events(call, isThin: isThin)), "event_payload": call["event_payload"],
                "events_from": sources.isEmpty ? ["@self"] : .array(sources), "livemode": .bool(call.scope.livemode),
                "metadata": try Metadata.merged(nil, with: call), "name": call["name"],
                "snapshot_api_version": isThin
                    ? nil : .string(call["snapshot_api_version"].string ?? APIVersion.current),
                "status": "enabled", "status_details": nil, "type": "webhook_endpoint", "updated": created,
                "webhook_endpoint": ["signing_secret": nil, "url": nil],
            ],
            hidden: [
                "url": .string(try WebhookEndpointResource.address(url, param: "webhook_endpoint[url]")),
                "secret": .string("whsec_" + Identifier.random(32)),
            ])
        return shown(destination, call)
    }

    @Sendable private static func update(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        var destination = try existing(call, transaction)
        if call.isSent("enabled_events") {
            destination["enabled_events"] = .array(
                try events(call, isThin: destination["event_payload"] == "thin"))
        }
        if call.isSent("name") { destination["name"] = call["name"] }
        if call.isSent("description") { destination["description"] = .string(call["description"].string ?? "") }
        if let url = call["webhook_endpoint"]["url"].string {
            destination.hidden["url"] = .string(
                try WebhookEndpointResource.address(url, param: "webhook_endpoint[url]"))
        }
        destination["metadata"] = try Metadata.merged(destination["metadata"], with: call)
        destination["updated"] = .string(Timestamp.text(transaction.now))
        transaction.put(destination)
        return shown(destination, call)
    }

    private static func set(
        _ status: JSON, because details: JSON, _ call: Call, _ transaction: Transaction
    ) throws(StripeFailure) -> JSON {
        var destination = try existing(call, transaction)
        destination["status"] = status
        destination["status_details"] = details
        destination["updated"] = .string(Timestamp.text(transaction.now))
        transaction.put(destination)
        return shown(destination, call)
    }

    private static func existing(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> Record {
        try transaction.existing(.eventDestination, call.id, param: "id", as: "event destination")
    }

    /// Address and secret only for those who ask; the secret can be asked for only where the destination is made.
    private static func shown(_ destination: Record, _ call: Call) -> JSON {
        var body = destination.body
        for field in ["url", "signing_secret"]
        where call["include"].elements.contains(.string("webhook_endpoint.\(field)")) {
            body["webhook_endpoint"][field] = destination.hidden[field == "url" ? "url" : "secret"]
        }
        return body
    }

    /// Thin types begin with the version of the API that they come from, the others do not.
    private static func events(_ call: Call, isThin: Bool) throws(StripeFailure) -> [JSON] {
        let events = call["enabled_events"].elements
        guard !events.isEmpty else { throw .missing("enabled_events") }
        for event in events where event != "*" {
            let type = event.string ?? ""
            guard isThin == (type.hasPrefix("v1.") || type.hasPrefix("v2.")) else {
                throw .invalid(
                    "The event type \(type) cannot be sent as a \(isThin ? "thin" : "snapshot") event.",
                    param: "enabled_events")
            }
        }
        return events
    }
}

extension Transaction {
    /// Sends a destination, and nobody else, an event of its own.
    func ping(_ destination: Record) throws(StripeFailure) -> ThinEvent {
        guard destination["status"] == "enabled" else {
            throw .impossible("Event destination \(destination.id) is disabled.", param: "id")
        }
        let id = ThinEvent.prefix(scope) + Identifier.random(24)
        let type = "v2.core.event_destination.ping"
        let event = insert(
            .thinEvent, id: id,
            [
                "id": .string(id), "object": "v2.core.event", "type": .string(type),
                "created": .string(Timestamp.text(now)), "livemode": .bool(scope.livemode), "context": nil,
                "reason": cause.map { cause in
                    [
                        "type": "request",
                        "request": [
                            "id": .string(cause.requestID), "idempotency_key": .string(cause.idempotencyKey ?? ""),
                        ],
                    ]
                } ?? nil,
                "related_object": [
                    "id": .string(destination.id), "type": "v2.core.event_destination",
                    "url": .string("/v2/core/event_destinations/\(destination.id)"),
                ],
                "snapshot_event": nil,
            ])
        queueDelivery(of: id, type: type, to: Subscriber(scope: scope, endpoint: destination.id))
        return thin(event)
    }
}
