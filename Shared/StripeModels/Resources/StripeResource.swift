/// An object of Stripe's that has an id and can be listed.
///
/// It prints as its id alone: a PaymentIntent carries a client secret, a customer an address, and a log line or a
/// failed test must not show them.
package protocol StripeResource: Decodable, Sendable, CustomDebugStringConvertible, CustomReflectable {
    /// What Stripe says in `object`.
    static var objectName: String { get }
    var id: String { get }
}

extension StripeResource {
    package var debugDescription: String { "\(Self.objectName) \(id)" }
    package var customMirror: Mirror { Mirror(self, children: ["id": id]) }
}
