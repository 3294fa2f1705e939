/// What has to be known of an event before anything is done about it, whichever of the two shapes it came in.
package struct EventEnvelope: Hashable, Sendable {
    package let id: String
    package let type: String
    /// Seconds since 1970.
    package let created: Int64
    package let livemode: Bool
    /// The version the event is written in; nil for a thin one.
    package let apiVersion: String?
    /// The connected account it happened on; nil for the account's own events.
    package let account: String?
    /// The event names its object and does not hold it.
    package let isThin: Bool
    /// The object it is about; nil where its id is none of Stripe's making, as a coupon's may be.
    package let objectID: String?
    package let objectType: String?

    /// Reads the bytes of a webhook, which may be anything at all.
    ///
    /// Names (ids, types, versions) come back as plain ASCII of at most 255 characters, so they can go into a log, a
    /// header or a text column of any database, NUL included among what is refused.
    ///
    /// Refused is only an event of which it cannot be said which it is, of what type or whose. The object's id may be
    /// the merchant's own text, and Stripe disables an endpoint that keeps refusing: whatever else is odd is nil.
    package static func read(_ body: [UInt8]) throws(EventError) -> EventEnvelope {
        do {
            switch try StripeJSON.decode(Shape.self, from: body) {
            case .snapshot(let event): return try EventEnvelope(event)
            case .thin(let event): return try EventEnvelope(event)
            case .other: throw EventError.notAnEvent
            }
        } catch let error as StripeJSONError {
            throw .unreadable(error)
        } catch let error as EventError {
            throw error
        } catch {
            throw .notAnEvent
        }
    }

    private enum Shape: Decodable {
        case snapshot(StripeEvent)
        case thin(ThinEvent)
        case other

        init(from decoder: any Decoder) throws {
            switch try decoder.fields().required("object") as String {
            case StripeEvent.objectName: self = .snapshot(try StripeEvent(from: decoder))
            case ThinEvent.objectName: self = .thin(try ThinEvent(from: decoder))
            default: self = .other
            }
        }
    }
}

extension EventEnvelope {
    private init(_ event: StripeEvent) throws(EventError) {
        id = try Self.name(event.id, "id")
        type = try Self.name(event.type, "type")
        created = event.created
        livemode = event.livemode
        apiVersion = event.apiVersion.flatMap(Self.nameOrNil)
        account = try event.account.map { text throws(EventError) in try Self.name(text, "account") }
        isThin = false
        objectID = event.objectID.flatMap(Self.nameOrNil)
        objectType = event.objectType.flatMap(Self.nameOrNil)
    }

    private init(_ event: ThinEvent) throws(EventError) {
        id = try Self.name(event.id, "id")
        type = try Self.name(event.type, "type")
        created = event.created
        livemode = event.livemode
        apiVersion = nil
        account = try event.account.map { text throws(EventError) in try Self.name(text, "context") }
        isThin = true
        objectID = event.related?.id.flatMap(Self.nameOrNil)
        objectType = event.related?.type.flatMap(Self.nameOrNil)
    }

    private static func name(_ text: String, _ field: String) throws(EventError) -> String {
        guard let name = nameOrNil(text) else { throw .invalidText(field: field) }
        return name
    }

    private static func nameOrNil(_ text: String) -> String? {
        let bytes = text.utf8
        return (1...255).contains(bytes.count) && bytes.allSatisfy { (0x21...0x7E).contains($0) } ? text : nil
    }
}
