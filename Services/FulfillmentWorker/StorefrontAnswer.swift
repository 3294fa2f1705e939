import AsyncHTTPClient
import Glibc
import NIOCore

/// How long a storefront may take.
struct StorefrontTimeouts {
    /// To connect, TLS included.
    var connect: TimeAmount = .seconds(5)
    /// From the start to the head of the answer, every address tried included.
    var total: TimeAmount = .seconds(15)
    /// To send a body that nobody reads.
    var body: Duration = .seconds(2)
}

/// What a storefront answered. Its body says nothing that matters.
struct StorefrontAnswer: Hashable {
    var status: Int
    var retryAfter: String?
}

/// Why there is no answer. The texts are kept with the job for the operator.
enum StorefrontUnreached: Error, Hashable {
    /// Deliveries never go to such a URL: only another URL can help.
    case refusedURL(String)
    /// This time: DNS, connection, TLS or time; or DNS names an address that deliveries never go to.
    case noAnswer(String)

    init(_ error: any Error) {
        if let error = error as? HTTPClientError, let known = Self.known.first(where: { $0.error == error }) {
            self = known.meaning
        } else if let error = error as? IOError {
            self = .noAnswer("It could not be connected to (errno \(error.errnoCode)).")
        } else {
            self = .noAnswer("It could not be reached: \(error)")
        }
    }

    private static let known: [(error: HTTPClientError, meaning: StorefrontUnreached)] = [
        (.invalidURL, .refusedURL("The URL is malformed.")),
        (.connectTimeout, .noAnswer("It could not be connected to in time.")),
        (.deadlineExceeded, .noAnswer("It did not answer in time.")),
        (.readTimeout, .noAnswer("It did not answer in time.")),
        (.remoteConnectionClosed, .noAnswer("It closed the connection without an answer.")),
    ]

    /// Whether the request cannot have left before `error`.
    static func isBeforeSending(_ error: any Error) -> Bool {
        if let error = error as? HTTPClientError { return error == .connectTimeout }
        guard let error = error as? IOError else { return false }
        return [ECONNREFUSED, ENETUNREACH, EHOSTUNREACH, EADDRNOTAVAIL].contains(error.errnoCode)
    }
}
