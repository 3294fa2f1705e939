/// Why nothing will be sent to a tenant's URL. The message is fit for the tenant: it names the mend.
package struct DestinationRefused: Error, Equatable, CustomStringConvertible {
    package enum Reason: Sendable, Equatable {
        case malformed, scheme, plainHTTP, credentials, host, privateAddress
    }

    package let reason: Reason
    /// One sentence: what is wrong with the URL, and the mend.
    package let message: String

    package var description: String { message }

    static let malformed = DestinationRefused(
        reason: .malformed,
        message: "The URL is malformed; write it as https://host/path, in ASCII, without spaces or backslashes.")
    static let scheme = DestinationRefused(
        reason: .scheme, message: "Only https:// URLs are called; use an https:// URL.")
    static let plainHTTP = DestinationRefused(
        reason: .plainHTTP, message: "Plain http:// would carry orders unencrypted; use an https:// URL.")
    static let credentials = DestinationRefused(
        reason: .credentials,
        message: "The URL holds a user name or password; leave them out and check our signature instead.")
    static let host = DestinationRefused(
        reason: .host,
        message: "The URL's host is not a name or a plain IP address; write it in lower-case ASCII (xn--… for others).")
    static let privateAddress = DestinationRefused(
        reason: .privateAddress,
        message: "The URL leads to a private, local or reserved address; use one that is reachable from the internet.")
}

/// The name could not be looked up just now; another try may work.
package struct DestinationUnresolved: Error, Equatable, CustomStringConvertible {
    package let host: String
    /// The resolver's own words.
    package let cause: String

    package var description: String { "The name \(host) could not be looked up: \(cause)" }
}
