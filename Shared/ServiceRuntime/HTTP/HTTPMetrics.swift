import HTTPTypes
import Synchronization

/// Requests by route template, method and status. Never by URL: anyone could make up URLs without end.
struct HTTPMetrics: Sendable {
    private let registry: PrometheusRegistry
    private let inFlight: GaugeInstrument
    private static let duration = "http_server_request_duration_seconds"
    private static let known: Set<HTTPRequest.Method> = [.get, .head, .post, .put, .patch, .delete, .options]

    init(_ registry: PrometheusRegistry) {
        self.registry = registry
        inFlight = registry.instrument("http_server_requests_in_flight", []) { GaugeInstrument() }
        registry.describe("http_server_requests_in_flight", "Requests that are being answered.")
        registry.describe(Self.duration, "Time from a request's head to its answer's head.")
    }

    func begin() {
        inFlight.increment(by: 1)
    }

    /// - Parameter route: the template; nil where no route matched.
    func end(_ method: HTTPRequest.Method, route: String?, _ status: HTTPResponse.Status, after duration: Duration) {
        inFlight.decrement(by: 1)
        let labels = [
            ("route", route ?? "none"), ("method", Self.known.contains(method) ? method.rawValue : "other"),
            ("status", "\(status.code)"),
        ]
        let histogram = registry.instrument(Self.duration, labels) {
            HistogramInstrument(bounds: PrometheusRegistry.latencyBounds)
        }
        histogram.record(duration.inSeconds)
    }
}
