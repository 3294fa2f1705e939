import Foundation
import StripeModels

/// What a reader made of a body: all that an envelope has, or why there is none.
enum EventReading: Equatable {
    struct Envelope: Equatable {
        var id: String
        var type: String
        var created: Int64
        var livemode: Bool
        var apiVersion: String?
        var account: String?
        var isThin: Bool
        var objectID: String?
        var objectType: String?
        var paymentIntent: String?
        var metadataValue: String?
    }

    case event(Envelope)
    case refused(EventError)

    static let metadataKey = "checkout_order"

    /// What the scan makes of it.
    init(scanning body: [UInt8]) {
        do {
            let read = try EventEnvelope.read(body, metadataKey: Self.metadataKey)
            self = .event(
                Envelope(
                    id: read.id, type: read.type, created: read.created, livemode: read.livemode,
                    apiVersion: read.apiVersion, account: read.account, isThin: read.isThin, objectID: read.objectID,
                    objectType: read.objectType, paymentIntent: read.paymentIntent, metadataValue: read.metadataValue))
        } catch {
            self = .refused(error)
        }
    }

    /// What the models of the two shapes make of it, by way of `JSONDecoder`.
    init(decoding body: [UInt8]) {
        do {
            switch try StripeJSON.decode(ObjectName.self, from: body).object {
            case StripeEvent.objectName: self = try Self.snapshot(in: body)
            case ThinEvent.objectName: self = try Self.thin(in: body)
            default: self = .refused(.notAnEvent)
            }
        } catch let error as StripeJSONError {
            self = .refused(.unreadable(error))
        } catch {
            self = .refused(error as? EventError ?? .notAnEvent)
        }
    }

    /// Whether the body was one JSON object, event or not.
    var isJSON: Bool {
        switch self {
        case .refused(.unreadable(.malformed)), .refused(.unreadable(.notUTF8)), .refused(.unreadable(.tooDeep)): false
        default: true
        }
    }

    private struct ObjectName: Decodable {
        let object: String
    }

    private static func snapshot(in body: [UInt8]) throws -> EventReading {
        let event = try StripeJSON.decode(StripeEvent.self, from: body)
        let links = try StripeJSON.decode(Links.self, from: body)
        return .event(
            Envelope(
                id: try name(event.id, "id"), type: try name(event.type, "type"), created: event.created,
                livemode: event.livemode, apiVersion: event.apiVersion.flatMap(nameOrNil),
                account: try event.account.map { try name($0, "account") }, isThin: false,
                objectID: event.objectID.flatMap(nameOrNil), objectType: event.objectType.flatMap(nameOrNil),
                paymentIntent: links.paymentIntent.flatMap(nameOrNil), metadataValue: links.order.flatMap(nameOrNil)))
    }

    private static func thin(in body: [UInt8]) throws -> EventReading {
        let event = try StripeJSON.decode(ThinEvent.self, from: body)
        return .event(
            Envelope(
                id: try name(event.id, "id"), type: try name(event.type, "type"), created: event.created,
                livemode: event.livemode, apiVersion: nil, account: try event.account.map { try name($0, "context") },
                isThin: true, objectID: event.related?.id.flatMap(nameOrNil),
                objectType: event.related?.type.flatMap(nameOrNil)))
    }

    private static func name(_ text: String, _ field: String) throws -> String {
        guard let name = nameOrNil(text) else { throw EventError.invalidText(field: field) }
        return name
    }

    private static func nameOrNil(_ text: String) -> String? {
        (1...255).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) } ? text : nil
    }
}

/// The ids in a snapshot that no model has.
private struct Links: Decodable {
    let paymentIntent: String?
    let order: String?

    enum Key: String, CodingKey {
        case data
        case object
        case metadata
        case paymentIntent = "payment_intent"
        case order = "checkout_order"
    }

    init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: Key.self).nestedContainer(keyedBy: Key.self, forKey: .data)
            .nestedContainer(keyedBy: Key.self, forKey: .object)
        paymentIntent = try? object.decode(String.self, forKey: .paymentIntent)
        order = try? object.nestedContainer(keyedBy: Key.self, forKey: .metadata).decode(String.self, forKey: .order)
    }
}
