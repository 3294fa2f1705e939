import AsyncHTTPClient
import Commerce
import Database
import Foundation
import Logging
import Mail
import Messaging
import Security
import ServiceRuntime
import StripeClient
import TenantStripe

/// Puts the worker together.
enum WorkerParts {
    static func build(_ settings: WorkerSettings, _ environment: ServiceEnvironment) async throws -> ServiceParts {
        guard let keys = settings.keys else {
            throw StartupError(setting: "CHECKOUT_MASTER_KEYS", problem: "not set", mend: "set it")
        }
        var configuration = StripeClient.httpConfiguration
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(64, settings.concurrency)
        let http = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
        do {
            let database = try await openDatabase(settings, environment.logger)
            return try build(settings, keys, http, database, environment)
        } catch {
            try? await http.shutdown()
            throw error
        }
    }

    private static func build(
        _ settings: WorkerSettings, _ keys: KeyRing, _ http: HTTPClient, _ database: Database,
        _ environment: ServiceEnvironment
    ) throws -> ServiceParts {
        let logger = environment.logger
        let stripe = try stripeClient(settings, http, SharedPacing(SharedPace(database: database)), logger)
        environment.readiness.register("database") { await database.faultForService() }
        let queue = JobQueue(database)
        QueueGauges(queue: queue).register(in: environment.registry)
        WorkerMetrics.describe(in: environment.registry)
        WorkerMetrics.describeEmails(in: environment.registry)

        let tenants = TenantStore(database: database, keys: keys)
        let timeouts = StorefrontTimeouts()
        let clients = PinnedClients(timeouts: timeouts, logger: logger)
        let reader = StripeReader(client: stripe, tenants: tenants)
        let sweep = AccountSweep(database: database, client: stripe, tenants: tenants, logger: logger)
        let deliver = DeliverToStorefront(
            tenants: tenants,
            storefront: StorefrontClient(
                policy: DestinationPolicy(allowPrivate: settings.allowPrivateDestinations), clients: clients,
                timeouts: timeouts, logger: logger),
            schedule: settings.deliverySchedule)
        let mail = try mailClient(settings.email)
        let email = SendEmail(
            composer: EmailComposer(settings.email, tenants: tenants, keys: keys, database: database), client: mail,
            timeout: settings.email.timeout)
        let reconciler = Reconciler(
            database: database, tenants: tenants, interval: settings.reconcileInterval, logger: logger)
        reconciler.register(in: environment.registry)
        let worker = JobWorker(
            queue: queue,
            handlers: [
                ApplyStripeEvent(stripe: reader), deliver, email, FinishRefund(stripe: reader),
                CheckOrder(stripe: reader), ReconcileAccount(sweep: sweep, tenants: tenants),
            ], concurrency: settings.concurrency,
            lease: settings.lease,
            // The rest of the grace is for handing back what did not finish.
            shutdownGrace: environment.common.grace * 0.7, logger: logger, whenStuck: { exit(70) })
        return ServiceParts(
            http: HTTPServer { _ in },
            services: [clients],
            workers: [
                KeyCleaner(database: database, logger: logger),
                RetentionKeeper(
                    database: database, retention: Retention(olderThan: settings.retention), logger: logger),
                reconciler,
                worker,
            ],
            close: {
                mail?.close()
                try? await http.shutdown()
                await database.close()
            })
    }

    private static func stripeClient(
        _ settings: WorkerSettings, _ http: HTTPClient, _ pacing: SharedPacing, _ logger: Logger
    ) throws -> StripeClient {
        do {
            // A job is tried again anyway, after a pause and in another order.
            return try StripeClient(
                http: http, base: settings.stripeAPIBase, logger: logger, retries: 1, timeout: .seconds(20),
                pacing: pacing)
        } catch {
            throw StartupError(
                setting: "STRIPE_API_BASE", problem: error.message, mend: "leave it out for https://api.stripe.com")
        }
    }

    private static func mailClient(_ settings: EmailSettings) throws -> SMTPClient? {
        guard let server = settings.server else { return nil }
        do {
            return try SMTPClient(server: server, greeting: settings.from.domain, timeout: settings.timeout)
        } catch {
            throw StartupError(
                setting: "SMTP_URL", problem: error.message, mend: "leave it out, and emails are only logged")
        }
    }

    private static func openDatabase(_ settings: WorkerSettings, _ logger: Logger) async throws -> Database {
        do {
            return try await Database.openForService(
                settings.database, options: settings.databaseOptions, logger: logger)
        } catch {
            throw StartupError(
                setting: "DATABASE_URL", problem: "cannot open \(settings.database.masked): \(error.message)",
                mend: error.mend ?? "name a file or server that this program may use")
        }
    }
}
