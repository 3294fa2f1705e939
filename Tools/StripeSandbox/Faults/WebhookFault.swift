/// Something that shall go wrong with the next webhooks.
struct WebhookFault: Sendable {
    enum Mode: String, Sendable, CaseIterable {
        /// Sent again, the same event, once it has arrived.
        case duplicate
        /// Sent late.
        case delay
        /// Held until so many wait, or for a while, and sent in the opposite order.
        case reorder
        /// Never sent: it stays undelivered.
        case drop
    }

    let id: String
    let mode: Mode
    /// Event types, in which `*` stands for any text; nil for all.
    let type: String?
    /// `acct_…`; nil for all.
    let account: String?
    /// How late, how long held, or how long after the first.
    let seconds: Double
    /// How many times more, for `duplicate`.
    let copies: Int
    /// How many more deliveries it meets; nil for all that come.
    var times: Int?
    /// For `reorder`: when the first was held (µs), and which are.
    var held: (since: Int64, deliveries: [RecordAddress])?
    let source: JSON
}

/// What becomes of a delivery that is about to be made for the first time.
enum DeliveryFate: Sendable, Equatable {
    case send
    /// Send it, and then so often again, so many seconds later.
    case sendAgain(copies: Int, after: Double)
    /// Not before this time (µs).
    case postpone(until: Int64)
    /// All that were held are here: send them now, in this order.
    case release([RecordAddress])
    case drop
}
