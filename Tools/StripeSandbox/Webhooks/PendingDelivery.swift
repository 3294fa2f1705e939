/// A delivery that is due, with all that it takes to make it.
struct PendingDelivery: Sendable {
    let address: RecordAddress
    let event: String
    let type: String
    let endpoint: Subscriber
    let url: String
    let secret: String
    /// The event as this endpoint gets it.
    let payload: JSON
    /// How often it was tried.
    let attempts: Int
    /// Whether faults have had their say about it.
    let isDecided: Bool
    /// How often to send it again once it has arrived.
    let copies: Int

    /// One at a time to each endpoint, so that events arrive in the order in which they happened.
    var lane: RecordAddress { RecordAddress(scope: endpoint.scope, id: endpoint.endpoint) }
}

extension World {
    /// Nil when the delivery, its endpoint or its event is gone, or the endpoint was disabled.
    func pendingDelivery(_ address: RecordAddress) -> PendingDelivery? {
        guard let delivery = record(address.id, in: address.scope), let lane = delivery.lane,
            let endpoint = record(lane.id, in: lane.scope), endpoint["status"] == "enabled",
            let event = delivery["event"].string.flatMap({ record($0, in: address.scope) })
        else { return nil }
        let payload = payload(of: event, from: address.scope, to: endpoint, of: lane.scope)
        return PendingDelivery(
            address: address, event: payload["id"].string ?? "", type: payload["type"].string ?? "",
            endpoint: Subscriber(scope: lane.scope, endpoint: lane.id), url: endpoint.deliveryURL ?? "",
            secret: endpoint.hidden["secret"].string ?? "", payload: payload,
            attempts: Int(delivery["attempts"].int ?? 0), isDecided: delivery["decided"].isTrue,
            copies: Int(delivery["copies"].int ?? 0))
    }

    /// An event as an endpoint gets it: thin, or whole and in the endpoint's version.
    private func payload(
        of event: Record, from scope: AccountScope, to endpoint: Record, of owner: AccountScope
    ) -> JSON {
        if event.kind == .thinEvent || endpoint["event_payload"] == "thin" {
            return ThinEvent(event, in: scope, isConnected: platforms[scope] != nil).notification
        }
        var payload = event.body
        for name in ["api_version", "snapshot_api_version"] {
            if let version = endpoint[name].string { payload["api_version"] = .string(version) }
        }
        if LegacyShape.isWanted(by: payload["api_version"].string ?? "") {
            payload = LegacyShape(world: self, scope: scope).rendered(payload)
        }
        if owner.account != scope.account { payload["account"] = .string(scope.account) }
        return payload
    }
}

extension Record {
    /// Where an endpoint or destination is.
    var deliveryURL: String? { body["url"].string ?? hidden["url"].string }

    /// The endpoint that a delivery goes to.
    var lane: RecordAddress? {
        guard let scope = body["endpoint_scope"].string.flatMap(AccountScope.init), let id = body["endpoint"].string
        else { return nil }
        return RecordAddress(scope: scope, id: id)
    }
}
