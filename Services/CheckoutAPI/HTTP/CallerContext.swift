import Commerce
import Hummingbird
import Logging
import ServiceRuntime

/// The context of every route that asks for a key.
struct CallerContext: ChildRequestContext {
    var coreContext: CoreRequestContextStorage
    let requestID: String
    /// Headers that go on the answer, even if that turns out to be an error.
    let responseHeaders: ResponseHeaders
    private var authenticated: Caller?

    init(context: AppRequestContext) {
        coreContext = context.coreContext
        requestID = context.requestID
        responseHeaders = context.responseHeaders
    }

    mutating func authenticate(_ caller: Caller) {
        authenticated = caller
        logger[metadataKey: "tenant"] = "\(caller.tenant.id)"
        logger[metadataKey: "key"] = "\(caller.key.id)"
    }

    /// Whom the request comes from.
    /// - Throws: 401 where `Authentication` was not asked.
    var caller: Caller {
        get throws(APIError) {
            guard let authenticated else { throw .unauthenticated() }
            return authenticated
        }
    }
}
