import FoundationEssentials

/// A thin event (`v2.core.event`): what happened to which object, without the object.
///
/// Everything that the v1 API tells has a twin, which is made of the snapshot event whenever it is looked at; the ids go
/// with each other too. Only events of the v2 API itself are kept as such.
struct ThinEvent: Sendable {
    /// What is pushed to destinations.
    let notification: JSON

    /// The event as it is fetched.
    var body: JSON { notification.merging(["changes": nil]) }

    init(_ record: Record, in scope: AccountScope, isConnected: Bool) {
        guard record.kind == .event else {
            notification = record.body
            return
        }
        let request = record["request"]
        notification = [
            "id": .string(Self.prefix(scope) + record.id.dropFirst(ResourceKind.event.prefix.count)),
            "object": "v2.core.event", "type": .string(Self.type(of: record)),
            "created": .string(Timestamp.text(record["created"].int ?? 0)), "livemode": record["livemode"],
            "context": isConnected ? .string(scope.account) : nil,
            "reason": request["id"].isNull
                ? nil
                : [
                    "type": "request",
                    "request": [
                        "id": request["id"], "idempotency_key": .string(request["idempotency_key"].string ?? ""),
                    ],
                ],
            "related_object": Self.relatedObject(record["data"]["object"]), "snapshot_event": .string(record.id),
        ]
    }

    /// The type that a kept event has as a thin one.
    static func type(of record: Record) -> String {
        let type = record["type"].string ?? ""
        return record.kind == .event ? "v1.\(type)" : type
    }

    /// What the ids of thin events begin with.
    static func prefix(_ scope: AccountScope) -> String { scope.livemode ? "evt_65" : "evt_test_65" }

    /// `checkout.session` is at `/v1/checkout/sessions/…`.
    private static func relatedObject(_ object: JSON) -> JSON {
        guard let id = object["id"].string, let kind = object["object"].string else { return nil }
        return [
            "id": .string(id), "type": .string(kind),
            "url": .string("/v1/\(kind.replacing(".", with: "/"))s/\(id)"),
        ]
    }
}

extension Transaction {
    /// A kept event as a thin one.
    func thin(_ record: Record) -> ThinEvent {
        ThinEvent(record, in: scope, isConnected: world.platforms[scope] != nil)
    }

    /// What is kept of a thin event: itself, or its twin.
    func thinEvent(_ id: String) -> Record? {
        if let kept = record(.thinEvent, id) { return kept }
        let prefix = ThinEvent.prefix(scope)
        guard id.hasPrefix(prefix) else { return nil }
        return record(.event, ResourceKind.event.prefix + id.dropFirst(prefix.count))
    }
}

/// Times as the v2 API writes them: `2026-11-22T10:00:00.000Z`.
enum Timestamp {
    private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    /// - Parameter seconds: since 1970.
    static func text(_ seconds: Int64) -> String { style.format(Date(timeIntervalSince1970: Double(seconds))) }

    /// Seconds since 1970, with what is behind the point; nil for what is no time.
    static func seconds(_ text: String) -> Double? {
        let date = (try? style.parse(text)) ?? (try? Date.ISO8601FormatStyle().parse(text))
        return date?.timeIntervalSince1970
    }
}
