import Commerce
import HTTPTypes
import Hummingbird
import ServiceRuntime

/// Lets a tenant's own pages, and no others, call the API from a browser (WHATWG Fetch, "CORS protocol").
///
/// A preflight carries no key, so all it can be asked is whether any tenant has the origin; this middleware answers it.
/// The answer to the request itself may be read by the origins of the tenant whose key was shown (`grant`).
struct CrossOrigin: RouterMiddleware {
    typealias Context = AppRequestContext

    let origins: RegisteredOrigins

    func handle(
        _ request: Request, context: AppRequestContext, next: (Request, AppRequestContext) async throws -> Response
    ) async throws -> Response {
        // Caches must not give one origin's answer to another; errors count as well.
        context.responseHeaders.set(.vary, "Origin")
        guard request.method == .options, let origin = request.headers[.origin],
            request.headers[.accessControlRequestMethod] != nil
        else { return try await next(request, context) }

        var headers = HTTPFields()
        if try await origins.contains(origin) {
            headers[.accessControlAllowOrigin] = origin
            headers[.accessControlAllowMethods] = "GET, POST, DELETE"
            headers[.accessControlAllowHeaders] = "Authorization, Content-Type, Idempotency-Key"
            headers[.accessControlMaxAge] = "600"
        }
        return Response(status: .noContent, headers: headers)
    }

    static func grant(_ origin: String?, to tenant: Tenant, _ headers: ResponseHeaders) {
        guard let origin, tenant.origins.contains(origin) else { return }
        headers.set(.accessControlAllowOrigin, origin)
        headers.set(.accessControlExposeHeaders, "X-Request-Id, Idempotent-Replayed, Retry-After")
    }
}
