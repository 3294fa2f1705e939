package import Hummingbird
package import Logging
import NIOCore

/// A service's HTTP server: its routes, and around them everything that all services share.
package struct HTTPServer: Sendable {
    /// The longest body that is read, in bytes; a longer one is answered with 413.
    package var bodyLimit: Int
    /// How long a connection may idle, or a request take to arrive.
    package var idleTimeout: Duration
    /// The level of the line about each request; lower where there are tens of thousands a second.
    package var accessLog: Logger.Level
    /// Adds the service's own routes and middleware.
    package var routes: @Sendable (Router<AppRequestContext>) -> Void

    package init(
        bodyLimit: Int = 1 << 20, idleTimeout: Duration = .seconds(75), accessLog: Logger.Level = .info,
        routes: @escaping @Sendable (Router<AppRequestContext>) -> Void
    ) {
        self.bodyLimit = bodyLimit
        self.idleTimeout = idleTimeout
        self.accessLog = accessLog
        self.routes = routes
    }

    /// The server as a Hummingbird application.
    ///
    /// - Parameters:
    ///   - inFlight: keeps the requests that are worked on.
    ///   - onListening: told the address once the server accepts connections.
    package func application(
        listen: ListenAddress, readiness: Readiness, registry: PrometheusRegistry, logger: Logger,
        inFlight: InFlight = InFlight(), onListening: @escaping @Sendable (ListenAddress) async -> Void = { _ in }
    ) -> Application<ServiceResponder> {
        let router = Router(context: AppRequestContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: ErrorEnvelope())
        router.add(middleware: BodyLimit(bytes: bodyLimit))
        Probes.add(to: router, readiness, registry)
        routes(router)
        let table = RouteTable(router)
        let responder = ServiceResponder(
            router: router.buildResponder(), routes: table, readiness: readiness, inFlight: inFlight,
            metrics: HTTPMetrics(registry), accessLog: accessLog, logger: logger)
        // Hummingbird announces itself in its own words; the line below says it in ours.
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .notice)
        return Application(
            responder: responder,
            server: .http1(configuration: .init(idleTimeout: TimeAmount(idleTimeout))),
            configuration: ApplicationConfiguration(address: .hostname(listen.host, port: listen.port), backlog: 1024),
            onServerRunning: { channel in
                let address = ListenAddress(host: listen.host, port: channel.localAddress?.port ?? listen.port)
                logger.info("Listening", metadata: ["address": "\(address)"])
                await onListening(address)
            },
            logger: quiet)
    }
}
