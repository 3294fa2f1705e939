/// Which of an account's events of the last 30 days to list.
package struct EventFilter: Sendable {
    /// At most twenty names, such as `payment_intent.succeeded`; empty for all.
    package var types: [String] = []
    /// Not before this time, in seconds since 1970.
    package var since: Int64?
    /// false: those that Stripe could not deliver to every endpoint.
    package var delivered: Bool?

    package init() {}

    var query: FormBody {
        [
            "created": since.map { ["gte": .number($0)] },
            "delivery_success": delivered.map(FormValue.flag),
            "types": types.isEmpty ? nil : .list(types),
        ]
    }
}
