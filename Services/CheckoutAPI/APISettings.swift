import Database
import Security
import ServiceRuntime

/// What the API runs with, beyond what all services have.
struct APISettings: Sendable {
    let database: DatabaseURL
    let databaseOptions: DatabaseOptions
    /// nil only until the reader's faults are thrown.
    let keys: KeyRing?
    let stripeAPIBase: String
    /// How browsers reach this service.
    let publicBaseURL: String

    init(reading settings: inout SettingsReader) {
        let preset = "sqlite:data/checkout.db"
        database =
            settings.value(
                "DATABASE_URL", form: "sqlite:PATH or postgres://…", meaning: "where the data is", preset: preset,
                show: { (url: DatabaseURL) in url.masked }, parse: { try DatabaseURL(parsing: $0) })
            ?? .sqlite(path: "data/checkout.db")
        var options = DatabaseOptions()
        options.readers = settings.int(
            "DATABASE_READERS", default: options.readers, in: 1...64, meaning: "SQLite: threads that read at once")
        options.connections = settings.int(
            "DATABASE_CONNECTIONS", default: options.connections, in: 1...500,
            meaning: "PostgreSQL: connections of this process")
        databaseOptions = options
        keys = settings.value(
            "CHECKOUT_MASTER_KEYS", form: "id:base64(32 bytes), comma-separated",
            meaning: "keys that open the tenants' secrets; the first encrypts, all decrypt", isRequired: true,
            isSecret: true, show: { _ in Secret.mask }, parse: { try KeyRing(parsing: $0) })
        stripeAPIBase = settings.url(
            "STRIPE_API_BASE", default: "https://api.stripe.com", meaning: "where Stripe's API is")
        publicBaseURL = settings.url(
            "PUBLIC_BASE_URL", default: "http://127.0.0.1:8080", meaning: "how browsers reach this service")
    }
}
