/// Where Stripe sends an account's events.
package struct WebhookEndpoint: StripeResource {
    package static let objectName = "webhook_endpoint"

    package let id: String
    /// The answer to a delete has the id and nothing else.
    package let deleted: Bool
    package let url: String?
    package let enabledEvents: [String]
    /// The version its events are written in; nil for the account's own.
    package let apiVersion: String?
    /// `enabled` or `disabled`.
    package let status: String?
    /// The signing secret. Stripe shows it once, in the answer to the create. Never logged.
    package let secret: String?
    package let metadata: [String: String]
    /// nil when deleted.
    package let livemode: Bool?

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.fields(of: Self.objectName)
        id = try fields.required("id")
        deleted = try fields.optional("deleted") ?? false
        url = try fields.optional("url")
        enabledEvents = try fields.optional("enabled_events") ?? []
        apiVersion = try fields.optional("api_version")
        status = try fields.optional("status")
        secret = try fields.optional("secret")
        metadata = try fields.metadata()
        livemode = try fields.optional("livemode")
    }
}
