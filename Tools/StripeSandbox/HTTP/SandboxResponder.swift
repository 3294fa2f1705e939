import HTTPTypes
import Hummingbird
import Logging

/// Everything that the sandbox answers: Stripe's API in Stripe's words, the rest by Hummingbird's router.
///
/// It is not the services' own HTTP stack, since nothing here may look like this project: not the errors, not the headers.
struct SandboxResponder: HTTPResponder {
    typealias Context = SandboxContext

    let api: APIResponder
    let router: RouterResponder<SandboxContext>
    /// How callers reach the sandbox, when they do not say so themselves.
    let fallbackAuthority: String

    func respond(to request: Request, context: SandboxContext) async throws -> Response {
        let path = request.uri.path
        if path.hasPrefix("/v1/") || path.hasPrefix("/v2/") {
            let authority = request.head.authority ?? fallbackAuthority
            return await api.respond(to: request, context, baseURL: "http://\(authority)")
        }
        do {
            return try await router.respond(to: request, context: context)
        } catch let error as any HTTPResponseError {
            return Response(status: error.status)
        } catch {
            context.logger.error("Page failed", metadata: ["error": "\(error)"])
            return Response(status: .internalServerError)
        }
    }
}
