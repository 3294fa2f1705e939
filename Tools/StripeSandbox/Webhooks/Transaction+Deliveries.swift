/// An endpoint that wants an event: in the account's own books, or a platform's for its connected account.
struct Subscriber: Sendable {
    let scope: AccountScope
    let endpoint: String
}

extension Transaction {
    /// The enabled endpoints and destinations that asked for this type, oldest first.
    ///
    /// An account's own, and those of its platform that were made with `connect` (or for `@accounts`). Live ones of these get
    /// the test events of connected accounts as well (Stripe: "Connect webhooks").
    func subscribers(to type: String) -> [Subscriber] {
        var places = [scope]
        if let platform = world.platforms[scope] {
            places.append(platform)
            if !scope.livemode { places.append(AccountScope(account: platform.account, livemode: true)) }
        }
        return places.flatMap { place in
            (world.ids(of: .webhookEndpoint, in: place) + world.ids(of: .eventDestination, in: place))
                .compactMap { world.record($0, in: place) }.filter { $0.wants(type, isOwn: place == scope) }
                .map { Subscriber(scope: place, endpoint: $0.id) }
        }
    }

    /// Queues an event once more, for every endpoint that now asks for it.
    func resend(_ id: String) -> JSON? {
        guard var event = record(.event, id), let type = event["type"].string else { return nil }
        let subscribers = subscribers(to: type)
        for subscriber in subscribers { queueDelivery(of: id, type: type, to: subscriber) }
        event["pending_webhooks"] = .int((event["pending_webhooks"].int ?? 0) + Int64(subscribers.count))
        put(event)
        return event.body
    }

    /// Queues one delivery; the delivery service finds it once the transaction is over.
    func queueDelivery(of event: String, type: String, to subscriber: Subscriber) {
        insert(
            .delivery, id: Identifier.new(.delivery),
            [
                "event": .string(event), "type": .string(type), "endpoint": .string(subscriber.endpoint),
                "endpoint_scope": .string(subscriber.scope.description), "attempts": 0, "due": .int(time),
                "state": "pending",
            ])
    }
}

extension Record {
    /// Whether an endpoint or destination asked for events of this (snapshot) type.
    /// - Parameter isOwn: of the account that the endpoint belongs to, not of one that it connected.
    fileprivate func wants(_ type: String, isOwn: Bool) -> Bool {
        guard body["status"] == "enabled" else { return false }
        var type = type
        if kind == .eventDestination {
            guard body["events_from"].elements.contains(isOwn ? "@self" : "@accounts") else { return false }
            if body["event_payload"] == "thin" { type = "v1.\(type)" }
        } else if hidden["connect"].isTrue == isOwn {
            return false
        }
        return body["enabled_events"].elements.contains { EventResource.matches(type, $0.string ?? "") }
    }
}
