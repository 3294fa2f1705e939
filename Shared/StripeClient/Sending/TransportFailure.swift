import AsyncHTTPClient
import Glibc
import NIOCore
import NIOPosix
import NIOSSL

/// Why a try brought no answer.
enum TransportFailure: Error {
    /// There was no connection, so nothing was sent.
    case notConnected(any Error)
    /// The server could not prove that it is who it should be; nothing was sent.
    case untrusted(any Error)
    /// The connection ended after the request was, or may have been, on its way.
    case lost(any Error)
    case timeout
    case tooLarge(StripeAnswer)
    case cancelled

    init(_ error: any Error) {
        switch error {
        case is CancellationError: self = .cancelled
        case let error as HTTPClientError where error == .cancelled: self = .cancelled
        case let error as HTTPClientError where Self.beforeConnection.contains(error): self = .notConnected(error)
        case is NIOConnectionError: self = .notConnected(error)
        case let error as IOError where [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH].contains(error.errnoCode):
            self = .notConnected(error)
        case NIOSSLError.handshakeFailed, NIOSSLError.unableToValidateCertificate,
            NIOSSLError.noCertificateToValidate, is NIOSSLExtraError:
            self = .untrusted(error)
        default: self = .lost(error)
        }
    }

    /// Whether Stripe may have got the request.
    var maybeArrived: Bool {
        switch self {
        case .notConnected, .untrusted: false
        case .lost, .timeout, .tooLarge, .cancelled: true
        }
    }

    private static let beforeConnection: [HTTPClientError] = [
        .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout, .socksHandshakeTimeout,
        .httpProxyHandshakeTimeout, .proxyAuthenticationRequired, .invalidProxyResponse,
    ]
}
