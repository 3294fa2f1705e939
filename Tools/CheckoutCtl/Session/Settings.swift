import Database
import Security
import ServiceRuntime

/// What a command runs with.
struct Settings: Sendable {
    let database: DatabaseURL
    /// nil when it is not set: commands that open nothing sealed do without.
    let keys: KeyRing?
    let stripeAPIBase: String
    let webhookBaseURL: String
    let allowsPrivateDestinations: Bool

    init(_ options: SettingsOptions, environment: [String: String]) throws {
        var reader = options.reader(environment: environment)
        self.init(reading: &reader)
        try reader.finish()
    }

    /// Reads on after a fault, with a placeholder in its place; `reader.finish()` then throws.
    init(reading reader: inout SettingsReader) {
        let preset = "sqlite:data/checkout.db"
        database =
            reader.value(
                "DATABASE_URL", form: "sqlite:PATH or postgres://…", meaning: "where the data is", preset: preset,
                show: { (url: DatabaseURL) in url.masked }, parse: { try DatabaseURL(parsing: $0) })
            ?? .sqlite(path: "data/checkout.db")
        keys = reader.value(
            "CHECKOUT_MASTER_KEYS", form: "id:base64(32 bytes), comma-separated",
            meaning: "keys that encrypt secrets in the database; the first encrypts, all decrypt", isSecret: true,
            show: { _ in Secret.mask }, parse: { try KeyRing(parsing: $0) })
        stripeAPIBase = reader.url(
            "STRIPE_API_BASE", default: "https://api.stripe.com", meaning: "where Stripe's API is")
        webhookBaseURL = reader.url(
            "WEBHOOK_BASE_URL", default: "http://127.0.0.1:8081", meaning: "how Stripe reaches the webhook router")
        allowsPrivateDestinations = reader.bool(
            "ALLOW_PRIVATE_DESTINATIONS", default: false, meaning: "let deliveries go to private addresses")
    }

    /// Where deliveries may go.
    var destinationPolicy: DestinationPolicy { DestinationPolicy(allowPrivate: allowsPrivateDestinations) }

    /// Refuses, while somebody looks, a fulfillment URL that no delivery would be sent to.
    func check(fulfillmentURL url: String?) throws(CommandFailure) {
        guard let url, !url.isEmpty else { return }
        do {
            try destinationPolicy.check(url)
        } catch {
            throw .usage(
                "--fulfillment-url: \(error.message) For development, ALLOW_PRIVATE_DESTINATIONS=true lets through "
                    + "http:// and private addresses, here and in the worker.")
        }
    }

    /// Where Stripe is to send a tenant's events.
    func webhookURL(_ endpoint: String) -> String { "\(webhookBaseURL)/webhooks/stripe/\(endpoint)" }
}
