import Database
package import StripeModels

/// A payment that brought money for an order: one for most, one a paid invoice for a subscription's.
package struct OrderPayment: Sendable, Hashable {
    package let paymentIntent: String
    /// nil while no order is known that it is for.
    package let order: OrderID?
    package let charge: String?
    package let invoice: String?
    /// Minor units of `currency`; 0 while only others spoke of it.
    package let amountCaptured: Int64
    package let currency: Currency
    /// µs since 1970
    package let createdAt: Int64

    init(_ row: Row) throws {
        paymentIntent = try row.get("payment_intent")
        order = try row.get("order_id")
        charge = try row.get("charge")
        invoice = try row.get("invoice")
        amountCaptured = try row.get("amount_captured")
        currency = Currency(rawValue: try row.get("currency"))
        createdAt = try row.get("created_at")
    }
}
