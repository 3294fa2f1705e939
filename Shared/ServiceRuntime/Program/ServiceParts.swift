package import Logging
package import ServiceLifecycle

/// What a service is given to build itself from.
package struct ServiceEnvironment: Sendable {
    /// The program's name: `webhook-router`.
    package let name: String
    package let logger: Logger
    /// Register here what `/readyz` must check.
    package let readiness: Readiness
    /// Register here gauges that are read at each scrape; everything else goes through swift-metrics.
    package let registry: PrometheusRegistry
    package let common: CommonSettings
}

/// What a service consists of. On shutdown the workers stop first, while `/readyz` still says that the program is
/// draining; then the HTTP server, once every request in flight is answered; then the services beneath it.
package struct ServiceParts: Sendable {
    package var http: HTTPServer
    /// What requests need: started before the HTTP server, stopped after it.
    package var services: [any Service]
    /// What works on its own: stopped before the HTTP server.
    package var workers: [any Service]
    /// Closes what all of them used. The last thing that happens.
    package var close: @Sendable () async -> Void

    package init(
        http: HTTPServer, services: [any Service] = [], workers: [any Service] = [],
        close: @escaping @Sendable () async -> Void = {}
    ) {
        self.http = http
        self.services = services
        self.workers = workers
        self.close = close
    }
}
