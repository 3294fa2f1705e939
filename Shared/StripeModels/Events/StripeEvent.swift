/// A snapshot event (`"object":"event"`): it carries a copy of the object as it was when the event was made.
package struct StripeEvent: StripeResource {
    package static let objectName = "event"

    package let id: String
    /// For example `payment_intent.succeeded`.
    package let type: String
    /// Seconds since 1970. Two events of one second have no order.
    package let created: Int64
    package let livemode: Bool
    /// The version that the object inside is written in.
    package let apiVersion: String?
    /// The connected account it happened on; nil for the account's own events.
    package let account: String?
    /// The object inside. A balance has no id.
    package let objectID: String?
    package let objectType: String?
    /// How many endpoints Stripe has not yet been able to tell.
    package let pendingWebhooks: Int?

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.fields(of: Self.objectName)
        id = try fields.required("id")
        type = try fields.required("type")
        created = try fields.required("created")
        livemode = try fields.required("livemode")
        apiVersion = fields.readable("api_version")
        account = try fields.optional("account")
        pendingWebhooks = fields.readable("pending_webhooks")
        let object = try fields.nestedContainer(keyedBy: FieldName.self, forKey: "data")
            .nestedContainer(keyedBy: FieldName.self, forKey: "object")
        objectID = object.readable("id")
        objectType = object.readable("object")
    }

    /// The object inside the snapshot event `body`.
    package static func decode<T: Decodable>(object: T.Type, from body: [UInt8]) throws(EventError) -> T {
        do {
            return try StripeJSON.decode(Snapshot<T>.self, from: body).object
        } catch {
            throw .unreadable(error)
        }
    }

    private struct Snapshot<T: Decodable>: Decodable {
        let object: T

        init(from decoder: any Decoder) throws {
            object = try decoder.fields(of: StripeEvent.objectName)
                .nestedContainer(keyedBy: FieldName.self, forKey: "data")
                .required("object")
        }
    }
}
