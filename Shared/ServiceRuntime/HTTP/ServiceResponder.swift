import HTTPTypes
package import Hummingbird
import Logging

/// What happens around every request, whatever its route: its id, its log line, its metrics, 405, and the end of the
/// connection while the program drains.
package struct ServiceResponder: HTTPResponder {
    package typealias Context = AppRequestContext

    let router: RouterResponder<AppRequestContext>
    let routes: RouteTable
    let readiness: Readiness
    let inFlight: InFlight
    let metrics: HTTPMetrics
    let accessLog: Logger.Level
    let logger: Logger

    /// Contract: "Every answer carries `X-Request-Id`."
    package static let requestIDHeader = HTTPField.Name("X-Request-Id")

    package func respond(to request: Request, context: AppRequestContext) async throws -> Response {
        let context = context.logging(to: logger)
        let start = ContinuousClock.now
        metrics.begin()
        var response = await inFlight.run { await answer(request, context) }
        context.responseHeaders.apply(to: &response)
        if let name = Self.requestIDHeader { response.headers[name] = context.requestID }
        // A client that hears this sends its next request elsewhere, instead of into a connection that is about to close.
        if readiness.isDraining { response.headers[.connection] = "close" }
        let duration = ContinuousClock.now - start
        let route = context.endpointPath == Self.noRoute ? nil : context.endpointPath
        metrics.end(request.method, route: route, response.status, after: duration)
        log(request, route, response.status, duration, context)
        return response
    }

    /// How Hummingbird's router marks a request that no route matched.
    private static let noRoute = "NotFound"

    private func answer(_ request: Request, _ context: AppRequestContext) async -> Response {
        let response: Response
        do {
            response = try await router.respond(to: request, context: context)
        } catch {
            response = ErrorEnvelope.response(to: error, context)
        }
        guard response.status == .notFound, context.endpointPath == Self.noRoute else { return response }
        let methods = routes.methods(for: request.uri.path)
        return methods.isEmpty
            ? response : ErrorEnvelope.response(to: APIError.methodNotAllowed(allow: methods), context)
    }

    /// The template and not the path: ids belong to the lines that handlers write, and a query may hold a client secret.
    private func log(
        _ request: Request, _ route: String?, _ status: HTTPResponse.Status, _ duration: Duration,
        _ context: AppRequestContext
    ) {
        let isProbe = route.map(Probes.paths.contains) ?? false
        let milliseconds = Double(Int64(duration.inSeconds * 100_000)) / 100
        context.logger.log(
            level: isProbe ? .debug : accessLog, "Request",
            metadata: [
                "http.method": "\(request.method.rawValue)", "http.route": "\(route ?? "none")",
                "http.status": "\(status.code)", "duration_ms": "\(milliseconds)",
            ])
    }
}
