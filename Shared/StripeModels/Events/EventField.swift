/// A field that an event's envelope is made of, in either shape of an event.
enum EventField: Int, CaseIterable {
    case id
    case object
    case type
    case created
    case livemode
    case apiVersion
    case account
    case data
    case snapshot
    case snapshotID
    case snapshotObject
    case snapshotPaymentIntent
    case snapshotMetadata
    case metadataValue
    case context
    case related
    case relatedID
    case relatedType
    case snapshotEvent

    /// The field of `place` by `name`, which is free of escapes.
    init?(_ name: Span<UInt8>, in place: EventPlace, metadataKey: String?) {
        let field: EventField? =
            switch place {
            case .event: .ofEvent(name)
            case .data: name.reads("object") ? .snapshot : nil
            case .snapshot: .ofSnapshot(name)
            case .metadata: metadataKey.map { name.reads($0.utf8Span.span) } == true ? .metadataValue : nil
            case .related: .ofRelated(name)
            }
        guard let field else { return nil }
        self = field
    }

    private static func ofEvent(_ name: Span<UInt8>) -> EventField? {
        switch name.count {
        case 2 where name.reads("id"): .id
        case 4 where name.reads("type"): .type
        case 4 where name.reads("data"): .data
        case 6 where name.reads("object"): .object
        case 7 where name.reads("created"): .created
        case 7 where name.reads("account"): .account
        case 7 where name.reads("context"): .context
        case 8 where name.reads("livemode"): .livemode
        case 11 where name.reads("api_version"): .apiVersion
        case 14 where name.reads("related_object"): .related
        case 14 where name.reads("snapshot_event"): .snapshotEvent
        default: nil
        }
    }

    private static func ofSnapshot(_ name: Span<UInt8>) -> EventField? {
        switch name.count {
        case 2 where name.reads("id"): .snapshotID
        case 6 where name.reads("object"): .snapshotObject
        case 8 where name.reads("metadata"): .snapshotMetadata
        case 14 where name.reads("payment_intent"): .snapshotPaymentIntent
        default: nil
        }
    }

    private static func ofRelated(_ name: Span<UInt8>) -> EventField? {
        switch name.count {
        case 2 where name.reads("id"): .relatedID
        case 4 where name.reads("type"): .relatedType
        default: nil
        }
    }

    /// The place that its value is, where that is an object.
    var place: EventPlace? {
        switch self {
        case .data: .data
        case .snapshot: .snapshot
        case .snapshotMetadata: .metadata
        case .related: .related
        default: nil
        }
    }
}

/// An object in an event that has fields of interest.
enum EventPlace {
    case event
    /// `data`.
    case data
    /// `data.object`.
    case snapshot
    /// `data.object.metadata`.
    case metadata
    /// `related_object`.
    case related

    /// What it lies in.
    var outer: EventPlace {
        switch self {
        case .event, .data, .related: .event
        case .snapshot: .data
        case .metadata: .snapshot
        }
    }
}
