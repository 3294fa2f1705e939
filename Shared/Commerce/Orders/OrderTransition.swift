import Database

/// A row of an order's history: a move, or, with `from` and `to` alike, something worth knowing that moved nothing.
package struct OrderTransition: Sendable, Equatable {
    package let order: OrderID
    /// 1 for the order's making.
    package let sequence: Int64
    /// nil at the order's making.
    package let from: OrderStatus?
    package let to: OrderStatus
    /// µs since 1970
    package let at: Int64
    package let cause: String
    package let stripeEvent: String?
    /// An `OrderAnomaly.Code`.
    package let anomaly: String?
    /// The failure, or the anomaly, in words.
    package let detail: String?

    init(_ row: Row) throws {
        order = try row.get("order_id")
        sequence = try row.get("sequence")
        from = try (row.get("from_status") as String?).map { text in try Self.status(text) }
        to = try Self.status(row.get("to_status"))
        at = try row.get("at")
        cause = try row.get("cause")
        stripeEvent = try row.get("stripe_event")
        anomaly = try row.get("anomaly")
        detail = try row.get("detail")
    }

    private static func status(_ text: String) throws(CommerceError) -> OrderStatus {
        guard let status = OrderStatus(rawValue: text) else {
            throw .unreadable("An order's history has the status \"\(text.prefix(40))\".")
        }
        return status
    }
}
