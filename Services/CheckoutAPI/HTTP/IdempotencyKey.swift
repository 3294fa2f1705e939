import Commerce
import Hummingbird
import ServiceRuntime

extension IdempotentRequest {
    /// The request as its `Idempotency-Key` is to know it again; nil without the header.
    /// - Throws: 400 for a key that is empty or too long.
    static func read(_ request: Request, _ body: JSONBody, from caller: Caller) throws -> IdempotentRequest? {
        guard let key = request.headers[named: "Idempotency-Key"] else { return nil }
        return try IdempotentRequest(
            scope: caller.scope, key: key, credential: caller.key.kind, method: request.method.rawValue,
            path: request.uri.path, body: body.canonical)
    }
}
