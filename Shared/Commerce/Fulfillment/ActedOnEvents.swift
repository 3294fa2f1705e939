package import StripeModels

/// The event types that something is done about, for whoever asks Stripe for events, takes them in or applies them. All
/// others are kept and answered with 200: Stripe disables an endpoint that refuses what it did not expect.
package enum ActedOnEvents {
    /// By the names of snapshot events, sorted: what an endpoint asks for.
    package static let all: [String] = StripeEventType.allCases.map(\.rawValue).sorted()

    /// Of a snapshot event, or of its thin twin (`v1.payment_intent.succeeded`).
    package static func contains(_ type: String) -> Bool { self.type(type) != nil }

    package static func type(_ name: String) -> StripeEventType? { types[name] }

    private static let types: [String: StripeEventType] = Dictionary(
        uniqueKeysWithValues: StripeEventType.allCases.flatMap { [($0.rawValue, $0), ("v1.\($0.rawValue)", $0)] })
}
