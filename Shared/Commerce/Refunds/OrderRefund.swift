import Database
package import Messaging
package import StripeModels

package struct RefundID: RowID {
    package static let prefix = "rfd_"
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
}

/// Money that goes back for an order, as its row says.
package struct OrderRefund: Sendable, Hashable {
    package enum Origin: String, Sendable, Hashable {
        case api
        /// Made at Stripe, in its dashboard for one.
        case stripe
    }

    package let id: RefundID
    package let tenant: TenantID
    package let livemode: Bool
    /// nil while no order is known that the payment is for.
    package let order: OrderID?
    package let paymentIntent: String
    /// Stripe's id of it; nil before Stripe answered.
    package let stripeRefund: String?
    /// Minor units of `currency`.
    package let amount: Int64
    package let currency: Currency
    package let status: RefundStatus
    package let reason: String?
    package let metadata: [String: String]
    package let failureReason: String?
    package let origin: Origin
    package let attempt: Int64
    /// µs since 1970
    package let createdAt: Int64
    package let updatedAt: Int64

    init(_ row: Row) throws {
        id = try row.get("id")
        tenant = try row.get("tenant_id")
        livemode = try row.get("livemode")
        order = try row.get("order_id")
        paymentIntent = try row.get("payment_intent")
        stripeRefund = try row.get("stripe_refund")
        amount = try row.get("amount")
        currency = Currency(rawValue: try row.get("currency"))
        status = try Stored.known(row.get("status"), "A refund's status")
        reason = try row.get("reason")
        metadata = try JSONText.read(row.get("metadata"))
        failureReason = try row.get("failure_reason")
        origin = try Stored.known(row.get("origin"), "A refund's origin")
        attempt = try row.get("attempt")
        createdAt = try row.get("created_at")
        updatedAt = try row.get("updated_at")
    }

    /// The `Idempotency-Key` of the call that makes it at Stripe. It comes from the row, so that a crash between the call
    /// and the commit repeats the same call; the attempt grows only after Stripe used up the one before.
    package var stripeIdempotencyKey: String { "\(id):create:\(attempt)" }

    /// What goes to Stripe as metadata: the storefront's, and which row it is.
    package var stripeMetadata: [String: String] {
        metadata.merging([StripeMark.refundKey: id.rawValue]) { _, own in own }
    }
}

/// What a storefront wants to give back.
package struct NewRefund: Sendable, Hashable {
    package let order: OrderID
    /// nil: all that is left.
    package let amount: Int64?
    package let reason: String?
    package let metadata: [String: String]

    /// - Throws: `.invalid` naming `amount`, `reason` or `metadata[…]`.
    package init(
        order: OrderID, amount: Int64? = nil, reason: String? = nil, metadata: [String: String] = [:]
    ) throws(CommerceError) {
        if let amount, amount < 1 {
            throw CommerceError(
                .invalid, CommerceError.Code(rawValue: "parameter_invalid_integer"),
                "The amount must be an integer of at least 1.", param: "amount")
        }
        let reasons = ["duplicate", "fraudulent", "requested_by_customer"]
        if let reason, !reasons.contains(reason) {
            throw .invalid("reason", "reason must be one of: \(reasons.joined(separator: ", ")).")
        }
        self.order = order
        self.amount = amount
        self.reason = reason
        self.metadata = try StripeMark.checked(metadata)
    }
}
