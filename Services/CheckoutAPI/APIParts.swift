import AsyncHTTPClient
import Commerce
import Database
import Logging
import ServiceRuntime
import StripeClient
import TenantStripe

/// Puts the API together.
enum APIParts {
    static func build(_ settings: APISettings, _ environment: ServiceEnvironment) async throws -> ServiceParts {
        let http = HTTPClient(
            eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: StripeClient.httpConfiguration)
        do {
            let database = try await open(settings, environment.logger)
            return try build(settings, http, database, environment)
        } catch {
            try? await http.shutdown()
            throw error
        }
    }

    private static func build(
        _ settings: APISettings, _ http: HTTPClient, _ database: Database, _ environment: ServiceEnvironment
    ) throws -> ServiceParts {
        guard let keys = settings.keys else {
            throw StartupError(
                setting: "CHECKOUT_MASTER_KEYS", problem: "not set", mend: "set it to id:base64(32 bytes)")
        }
        let logger = environment.logger
        let patience = patience(within: environment.common.grace)
        let stripe = try stripeClient(
            settings.stripeAPIBase, http, SharedPacing(SharedPace(database: database)), patience, logger)
        environment.readiness.register("database") { await database.faultForService() }
        let watch = OrderWatch(database: database, logger: logger)
        environment.registry.gauge("checkout_order_streams", help: "Open event streams of orders.") {
            [GaugeSample(Double(watch.count))]
        }
        let api = try CheckoutAPI(
            database: database, keys: keys, stripe: stripe,
            settings: .init(
                stripeAPIBase: settings.stripeAPIBase, publicBaseURL: settings.publicBaseURL, patience: patience),
            watch: watch, logger: logger)
        return ServiceParts(
            http: server(api),
            services: [watch, KeyUseWriter(store: api.apiKeys, logger: logger)],
            close: {
                try? await http.shutdown()
                await database.close()
            })
    }

    static func server(_ api: CheckoutAPI) -> HTTPServer {
        HTTPServer(bodyLimit: JSONBody.maximumSize) { api.add(to: $0) }
    }

    /// How long a request waits for Stripe: no longer than a storefront's own patience, and so that what is in flight
    /// when a drain begins is answered before the grace is over.
    static func patience(within grace: Duration) -> Duration {
        min(.seconds(20), max(.seconds(1), grace * 0.7))
    }

    private static func stripeClient(
        _ base: String, _ http: HTTPClient, _ pacing: SharedPacing, _ patience: Duration, _ logger: Logger
    ) throws -> StripeClient {
        do {
            return try StripeClient(http: http, base: base, logger: logger, timeout: patience, pacing: pacing)
        } catch {
            throw StartupError(
                setting: "STRIPE_API_BASE", problem: error.message, mend: "leave it out for https://api.stripe.com")
        }
    }

    private static func open(_ settings: APISettings, _ logger: Logger) async throws -> Database {
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
