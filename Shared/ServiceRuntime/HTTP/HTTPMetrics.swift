import HTTPTypes
import Synchronization

/// Requests by route template, method and status. Never by URL: anyone could make up URLs without end.
final class HTTPMetrics: Sendable {
    private let registry: PrometheusRegistry
    private let inFlight: GaugeInstrument
    private let histograms = Mutex<[Series: HistogramInstrument]>([:])
    private static let duration = "http_server_request_duration_seconds"
    private static let known: Set<HTTPRequest.Method> = [.get, .head, .post, .put, .patch, .delete, .options]

    private struct Series: Hashable {
        let route: String?
        /// Nil for one that nobody needs: methods, too, could be made up without end.
        let method: HTTPRequest.Method?
        let status: Int
    }

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
        let method = Self.known.contains(method) ? method : nil
        histogram(route, method, status.code).record(duration.inSeconds)
    }

    private func histogram(_ route: String?, _ method: HTTPRequest.Method?, _ status: Int) -> HistogramInstrument {
        let series = Series(route: route, method: method, status: status)
        return histograms.withLock { histograms in
            if let known = histograms[series] { return known }
            let labels = [
                ("route", route ?? "none"), ("method", method?.rawValue ?? "other"), ("status", "\(status)"),
            ]
            let made = registry.instrument(Self.duration, labels) {
                HistogramInstrument(bounds: PrometheusRegistry.latencyBounds)
            }
            histograms[series] = made
            return made
        }
    }
}
