/// A thin event (`"object":"v2.core.event"`): it names the object that changed and leaves the reading to us.
package struct ThinEvent: StripeResource {
    package static let objectName = "v2.core.event"

    package let id: String
    /// For example `v1.payment_intent.succeeded`.
    package let type: String
    /// Seconds since 1970.
    package let created: Int64
    package let livemode: Bool
    /// Which account to read the object in, `acct_…` or a path of accounts that ends in one; nil for the own account.
    package let context: String?
    package let related: RelatedObject?
    /// The id of the snapshot event that tells the same, when both shapes are sent.
    package let snapshotEvent: String?

    /// What changed. A thing of which an account has only one has no id.
    package struct RelatedObject: Decodable, Hashable, Sendable {
        package let id: String?
        package let type: String?
        /// The path to read it at.
        package let url: String?

        package init(from decoder: any Decoder) throws {
            let fields = try decoder.fields()
            id = fields.readable("id")
            type = fields.readable("type")
            url = fields.readable("url")
        }
    }

    /// The account in `context`.
    package var account: String? { context.flatMap(Self.account(in:)) }

    static func account(in context: String) -> String? {
        context.split(separator: "/").last { $0.hasPrefix("acct_") }.map(String.init)
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.fields(of: Self.objectName)
        id = try fields.required("id")
        type = try fields.required("type")
        created = try (fields.required("created") as ISOTime).seconds
        livemode = try fields.optional("livemode") ?? false
        context = try fields.optional("context")
        related = fields.readable("related_object")
        snapshotEvent = fields.readable("snapshot_event")
    }
}
