import Database
import Security
package import ServiceRuntime

/// What the router runs with, beyond what all services have.
package struct RouterSettings: Sendable {
    let database: DatabaseURL
    let databaseOptions: DatabaseOptions
    /// nil only until the reader's faults are thrown.
    let keys: KeyRing?

    package init(reading settings: inout SettingsReader) {
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
        // Stripe gives up on an answer before a longer wait could end.
        options.busyTimeout = .milliseconds(2500)
        databaseOptions = options
        keys = settings.value(
            "CHECKOUT_MASTER_KEYS", form: "id:base64(32 bytes), comma-separated",
            meaning: "keys that open the webhook secrets; the first encrypts, all decrypt", isRequired: true,
            isSecret: true, show: { _ in Secret.mask }, parse: { try KeyRing(parsing: $0) })
    }
}
