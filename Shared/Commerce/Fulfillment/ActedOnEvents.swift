/// The event types that something is done about. All others are kept and answered with 200: Stripe disables an endpoint
/// that refuses what it did not expect.
package enum ActedOnEvents {
    package static func contains(_ type: String) -> Bool { types.contains(type) }

    private static let types: Set<String> = [
        "payment_intent.succeeded", "payment_intent.payment_failed", "payment_intent.processing",
        "payment_intent.requires_action", "payment_intent.canceled", "payment_intent.amount_capturable_updated",
    ]
}
