import Database
import Security
import ServiceRuntime

/// What the worker runs with, beyond what all services have.
struct WorkerSettings: Sendable {
    let database: DatabaseURL
    let databaseOptions: DatabaseOptions
    /// nil only until the reader's faults are thrown.
    let keys: KeyRing?
    let stripeAPIBase: String
    let concurrency: Int
    /// How long a job stays with a worker that is not heard of.
    let lease: Duration
    /// How long settled events and finished jobs are kept.
    let retention: Duration
    let allowPrivateDestinations: Bool
    /// The delay after each failed try of a delivery.
    let deliverySchedule: [Duration]
    /// Between two sweeps of a tenant's events at Stripe.
    let reconcileInterval: Duration
    let email: EmailSettings

    static let concurrencies = 1...1000
    /// Stripe redelivers for three days; a seen event that was forgotten sooner would be applied again.
    static let retentionDays = 4...3650

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
        concurrency = settings.int(
            "WORKER_CONCURRENCY", default: 16, in: Self.concurrencies, meaning: "jobs in flight in this worker")
        lease = settings.duration(
            "WORKER_LEASE_SECONDS", default: .seconds(30), in: .seconds(2) ... .seconds(3600),
            meaning: "how long a job stays with a worker that died, before another takes it")
        retention = .seconds(
            86_400
                * settings.int(
                    "EVENT_RETENTION_DAYS", default: 30, in: Self.retentionDays,
                    meaning: "days that settled events and finished jobs are kept"))
        allowPrivateDestinations = settings.bool(
            "ALLOW_PRIVATE_DESTINATIONS", default: false,
            meaning: "let deliveries go to loopback and private addresses (development)")
        let schedule =
            settings.optionalDurations(
                "DELIVERY_RETRY_SCHEDULE", meaning: "delay after each failed try of a delivery")
            ?? DeliverySchedule.standard
        if schedule.count > DeliverySchedule.longest {
            settings.fault(
                "DELIVERY_RETRY_SCHEDULE",
                "has \(schedule.count) delays; give at most \(DeliverySchedule.longest)")
        }
        deliverySchedule = schedule
        reconcileInterval = settings.duration(
            "RECONCILE_INTERVAL_SECONDS", default: .seconds(900), in: .seconds(1) ... .seconds(86_400),
            meaning: "how often each tenant's events at Stripe are searched for missed ones")
        email = EmailSettings(reading: &settings)
    }
}
