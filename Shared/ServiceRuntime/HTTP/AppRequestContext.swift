package import HTTPTypes
package import Hummingbird
import Logging
import Security
import Synchronization

/// What travels with a request: its id, a logger that carries the id, and headers for its answer.
package struct AppRequestContext: RequestContext, Sendable {
    package var coreContext: CoreRequestContextStorage
    /// `req_…`: made here, never taken from outside, so that nobody can forge a trail in the logs.
    package let requestID: String
    /// Headers that go on the answer, even if that turns out to be an error.
    package let responseHeaders = ResponseHeaders()
    /// How many bytes of a body are read at most; more is a 413.
    package internal(set) var maxUploadSize = 1 << 20

    /// The metadata key under which every line about a request has its id.
    static let requestIDKey = "request.id"

    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        requestID = "req_\(RandomToken.base62(20))"
        logger = logging(to: source.logger).logger
    }

    /// The same context with another logger, which is given the request's id.
    func logging(to logger: Logger) -> AppRequestContext {
        var context = self
        context.logger = logger
        context.logger[metadataKey: Self.requestIDKey] = "\(requestID)"
        context.logger[metadataKey: "hb.request.id"] = nil  // Hummingbird's own id would only confuse.
        return context
    }

    /// The request's id; takes the place of Hummingbird's.
    package var id: String { requestID }
}

/// Headers collected for an answer while the request is worked on.
package final class ResponseHeaders: Sendable {
    private let fields = Mutex(HTTPFields())

    /// Sets a header, whatever the answer will be.
    package func set(_ name: HTTPField.Name, _ value: String) {
        fields.withLock { $0[name] = value }
    }

    /// Writes the collected headers over those of `response`.
    func apply(to response: inout Response) {
        for field in fields.withLock({ $0 }) { response.headers[field.name] = field.value }
    }
}
