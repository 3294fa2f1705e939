import Commerce
import Database
import Foundation
import Logging
package import Messaging
import Security
package import ServiceRuntime

/// Puts the router together.
package enum RouterParts {
    package static func build(
        _ settings: RouterSettings, _ environment: ServiceEnvironment
    ) async throws -> ServiceParts {
        try await build(settings, environment, record: nil)
    }

    /// - Parameter record: what is done with a verified event, one for each tenant that it is for; nil: they are stored.
    package static func build(
        _ settings: RouterSettings, _ environment: ServiceEnvironment,
        record: (@Sendable ([ReceivedEvent]) async throws -> [RecordOutcome])?
    ) async throws -> ServiceParts {
        guard let keys = settings.keys else {
            throw StartupError(setting: "CHECKOUT_MASTER_KEYS", problem: "not set", mend: "set it")
        }
        let database: Database
        do {
            database = try await Database.openForService(
                settings.database, options: settings.databaseOptions, logger: environment.logger)
        } catch {
            throw StartupError(
                setting: "DATABASE_URL", problem: "cannot open \(settings.database.masked): \(error.message)",
                mend: error.mend ?? "name a file or server that this program may use")
        }
        environment.readiness.register("database") { await database.faultForService() }
        describe(environment.registry)
        let route = route(database, keys, record: record)
        return ServiceParts(http: server(route), close: { await database.close() })
    }

    /// - Parameters:
    ///   - now: seconds since 1970.
    ///   - instant: for the age of a looked-up endpoint, a slow body, and the last line about a refusal.
    static func route(
        _ database: Database, _ keys: KeyRing, record: WebhookRoute.Record? = nil,
        now: @escaping @Sendable () -> Int64 = systemTime,
        instant: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) -> WebhookRoute {
        let inbox = EventInbox(database)
        let store = WebhookEndpointStore(database: database, keys: keys)
        let tenants = TenantStore(database: database, keys: keys)
        return WebhookRoute(
            endpoints: WebhookEndpointCache(store: store, now: instant),
            record: record ?? { try await inbox.record($0) },
            connected: { try await tenants.connected(to: $0, account: $1, livemode: $2) },
            metrics: RouterMetrics(), refusals: RefusalLog(now: instant), now: now, instant: instant)
    }

    private static let systemTime: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) }

    /// The route itself bounds the body, so that its refusals are counted with the others, and says what is wrong; a
    /// line for each request would be the most of its work.
    static func server(_ route: WebhookRoute) -> HTTPServer {
        HTTPServer(bodyLimit: .max, idleTimeout: .seconds(75), accessLog: .debug) { route.add(to: $0) }
    }

    private static func describe(_ registry: PrometheusRegistry) {
        registry.describe("webhook_events_total", "Verified events by tenant and outcome: stored, duplicate.")
        registry.describe("webhook_refusals_total", "Webhooks that were refused, by tenant and reason.")
    }
}
