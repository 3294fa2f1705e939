import Commerce
import Hummingbird
import ServiceRuntime

/// Asks for an API key: `Authorization: Bearer ck_test_…`. A key that is unknown, one that was revoked and one that
/// expired are told apart by nobody.
///
/// Once the tenant is known, so are the origins whose pages may read the answer, an error's too.
struct Authentication: RouterMiddleware {
    typealias Context = CallerContext

    let keys: APIKeyStore

    func handle(
        _ request: Request, context: CallerContext, next: (Request, CallerContext) async throws -> Response
    ) async throws -> Response {
        guard let key = Self.bearer(request.headers[.authorization]), let found = try await keys.authenticate(key)
        else {
            throw APIError.unauthenticated()
        }
        let caller = Caller(key: found)
        CrossOrigin.grant(request.headers[.origin], to: caller.tenant, context.responseHeaders)
        var context = context
        context.authenticate(caller)
        return try await next(request, context)
    }

    /// RFC 6750, 2.1; the scheme's case does not matter (RFC 9110, 11.1).
    static func bearer(_ header: String?) -> String? {
        guard let header, let space = header.firstIndex(of: " "), header[..<space].lowercased() == "bearer" else {
            return nil
        }
        let key = header[space...].drop { $0 == " " }
        return key.isEmpty ? nil : String(key)
    }
}
