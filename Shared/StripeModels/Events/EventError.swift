/// Why a body is no event of Stripe's. Its text is safe to log: it never repeats what was received.
package enum EventError: Error, Hashable, CustomStringConvertible {
    /// Not JSON that can be read, or a field that is missing or of the wrong type.
    case unreadable(StripeJSONError)
    /// `object` says that it is something else.
    case notAnEvent
    /// A field that names something has text that no name of Stripe's has.
    case invalidText(field: String)

    package var description: String {
        switch self {
        case .unreadable(let error): error.description
        case .notAnEvent: "The JSON is not an event."
        case .invalidText(let field): "The field \(field) is empty, too long or not plain ASCII."
        }
    }
}
