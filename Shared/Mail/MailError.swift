/// Why an email could not be made or handed over.
package struct MailError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Code: Sendable, Hashable {
        /// An address, a header's text, a wording or a setting breaks its rules.
        case invalid
        /// No connection, no TLS, no answer in time, or the server takes no mail at the moment.
        case unreachable
        /// The server refuses us, whatever the message: password, permission, no encryption.
        case account
        /// The server put off this message (4yz).
        case putOff
        /// The server refused this message for good (5yz).
        case refused
    }

    package let code: Code
    /// A sentence without secrets, with the server's own words where it gave some.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
