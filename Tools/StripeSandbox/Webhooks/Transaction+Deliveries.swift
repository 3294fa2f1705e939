/// An endpoint that wants an event: in the account's own books, or a platform's for its connected account.
struct Subscriber: Sendable {
    let scope: AccountScope
    let endpoint: String
}

extension Transaction {
    /// The enabled endpoints that asked for this type, oldest first.
    ///
    /// An account's own endpoints, and those of its platform that were made with `connect`. Live ones of these get the
    /// test events of connected accounts as well (Stripe: "Connect webhooks").
    func subscribers(to type: String) -> [Subscriber] {
        var places = [(scope: scope, connect: false)]
        if let platform = world.platforms[scope] {
            places.append((platform, true))
            if !scope.livemode { places.append((AccountScope(account: platform.account, livemode: true), true)) }
        }
        return places.flatMap { place in
            world.ids(of: .webhookEndpoint, in: place.scope).compactMap { id in
                guard let endpoint = world.record(id, in: place.scope),
                    endpoint["status"] == "enabled", endpoint.hidden["connect"].bool == place.connect,
                    endpoint["enabled_events"].elements.contains(where: {
                        EventResource.matches(type, $0.string ?? "")
                    })
                else { return nil }
                return Subscriber(scope: place.scope, endpoint: id)
            }
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
                "endpoint_scope": .string(subscriber.scope.description), "attempts": 0, "due": .int(now * 1_000_000),
                "state": "pending",
            ])
    }
}
