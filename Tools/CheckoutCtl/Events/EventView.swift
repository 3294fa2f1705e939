import Messaging

/// A received event as it is shown.
enum EventView {
    /// The row of a list: the contract's fields and no others.
    static func fields(_ row: EventRow) -> [String: JSON] {
        [
            "id": .text(row.id.rawValue), "stripe_event_id": .text(row.stripeEventID),
            "tenant": .text(row.tenant.rawValue), "type": .text(row.type), "livemode": .bool(row.livemode),
            "state": .text(row.state), "created": .int(row.created), "received_at": .time(row.receivedAt),
        ]
    }

    static func json(_ event: StoredEvent) -> JSON {
        let more: [String: JSON] = [
            "api_version": .text(event.row.apiVersion), "account": .text(event.row.account),
            "webhook_endpoint_id": .text(event.row.endpointID), "body": .text(body(event)),
        ]
        return .object(fields(event.row).merging(more) { own, _ in own })
    }

    static func text(_ event: StoredEvent) -> String {
        let row = event.row
        var details = Details()
        details.add("Event", row.id.rawValue)
        details.add("Type", row.type)
        details.add("State", row.state)
        details.add("Mode", row.livemode ? "live" : "test")
        details.add("Stripe's id", row.stripeEventID)
        details.add("Tenant", row.tenant.rawValue)
        details.add("Account", row.account)
        details.add("API version", row.apiVersion)
        details.add("Endpoint", row.endpointID)
        details.add("Created", Moment.text(seconds: row.created))
        details.add("Received", Moment.text(row.receivedAt))
        return details.text + "\n\n" + TerminalText.lines(body(event))
    }

    /// As it was received, but for client secrets. Its signature was verified before it was stored, so it is Stripe's
    /// UTF-8.
    private static func body(_ event: StoredEvent) -> String {
        Masking.text(String(decoding: event.body, as: UTF8.self))
    }
}
