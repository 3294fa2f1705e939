/// The settings that the services and `checkoutctl` share, whichever of them uses which.
///
/// One command line may serve all programs, as one env file does: a flag of another program's setting is passed over. Only
/// a name that no program knows is a mistake. The sandbox's own are not among them: `--listen` means nothing elsewhere.
enum KnownSettings {
    static let names = [
        "DATABASE_URL", "DATABASE_READERS", "DATABASE_CONNECTIONS", "CHECKOUT_MASTER_KEYS", "STRIPE_API_BASE",
        "PUBLIC_BASE_URL", "WEBHOOK_BASE_URL", "CHECKOUT_API_LISTEN", "WEBHOOK_ROUTER_LISTEN",
        "FULFILLMENT_WORKER_LISTEN", "WORKER_CONCURRENCY", "WORKER_LEASE_SECONDS", "EVENT_RETENTION_DAYS",
        "DELIVERY_RETRY_SCHEDULE", "RECONCILE_INTERVAL_SECONDS",
        "ALLOW_PRIVATE_DESTINATIONS", "SHUTDOWN_GRACE_SECONDS", "SMTP_URL", "EMAIL_FROM",
        "SMTP_TIMEOUT_SECONDS", "LOG_LEVEL", "LOG_FORMAT",
    ]

    static let flags = names.map(CommandFlags.name(of:))
}
