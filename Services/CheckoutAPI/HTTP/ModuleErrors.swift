import Commerce
import Database
import Hummingbird
import ServiceRuntime
import StripeModels

/// Words the errors of the modules below in the API's envelope.
struct ModuleErrors: RouterMiddleware {
    typealias Context = AppRequestContext

    func handle(
        _ request: Request, context: AppRequestContext, next: (Request, AppRequestContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as CommerceError {
            throw APIError(error)
        } catch let error as AmountError {
            throw APIError.invalidRequest(param: error.param, code: error.code, message: error.message)
        } catch let error as DatabaseError where error.isRetryable {
            throw APIError.unavailable(cause: error)
        }
    }
}

extension APIError {
    init(_ error: CommerceError) {
        // As Stripe names a field inside of another: `items[2][sku]`.
        let param = error.param.map { param in
            let parts = param.split(separator: ".")
            return parts.dropFirst().reduce(String(parts.first ?? "")) { "\($0)[\($1)]" }
        }
        switch error.kind {
        case .invalid: self = .invalidRequest(param: param, code: error.code.rawValue, message: error.message)
        case .notFound: self = .notFound(error.message, param: param)
        // The tries of `CallRunner` are used up: nothing that the caller could change.
        case .conflict where error.isRetryable: self = .unavailable(cause: error)
        case .conflict: self = .conflict(code: error.code.rawValue, error.message)
        case .unreadable: self = .internalError(cause: error)
        }
    }
}
