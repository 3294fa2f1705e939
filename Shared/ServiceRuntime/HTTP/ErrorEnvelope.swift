import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Turns whatever a handler throws into an answer in the contract's envelope.
///
/// It is the router's outermost middleware: Hummingbird would answer its own errors in another form and an unknown error
/// with an empty 500.
struct ErrorEnvelope: RouterMiddleware {
    func handle(
        _ request: Request, context: AppRequestContext, next: (Request, AppRequestContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            return Self.response(to: error, context)
        }
    }

    static func response(to error: any Error, _ context: AppRequestContext) -> Response {
        let answer = answer(to: error, context)
        if answer.status.code >= 500 {
            context.logger.error(
                "Request failed",
                metadata: [
                    "status": "\(answer.status.code)", "error.code": "\(answer.code ?? "")",
                    "error.cause": "\(answer.cause.map { "\($0)" } ?? answer.message)",
                ])
        } else {
            context.logger.debug(
                "Request refused",
                metadata: ["status": "\(answer.status.code)", "error.code": "\(answer.code ?? "")"])
        }
        return answer.response(requestID: context.requestID)
    }

    private static func answer(to error: any Error, _ context: AppRequestContext) -> APIError {
        switch error {
        case let error as APIError:
            error
        case is NIOTooManyBytesError:
            .requestTooLarge(limit: context.maxUploadSize)
        case is CancellationError:
            // Only a shutdown whose grace is over cancels a request.
            .unavailable("The service is shutting down; send the request again.", code: "shutting_down", cause: error)
        case let error as any HTTPResponseError:
            answer(to: error)
        default:
            .internalError(cause: error)
        }
    }

    /// Hummingbird's own errors: their status counts, their text does not.
    private static func answer(to error: any HTTPResponseError) -> APIError {
        let status = error.status
        return switch status.code {
        case 404: .unknownRoute
        case 415: .unsupportedMediaType
        case 400..<500:
            APIError(
                status, .invalidRequest, code: "request_invalid",
                "The request could not be read (\(status.reasonPhrase)); compare it with the documentation.")
        default: .internalError(cause: error)
        }
    }
}
