package import Messaging
package import Security
package import StripeModels

/// One order, as its row says.
package struct Order: Sendable, Equatable {
    package let id: OrderID
    package let tenant: TenantID
    package let livemode: Bool
    package let kind: OrderKind
    package internal(set) var status: OrderStatus
    /// Minor units of `currency`, as all amounts here. A Checkout Session's is Stripe's to say: discounts and taxes are
    /// known once the buyer is through.
    package let amount: Int64
    /// nil before the payment.
    package let amountCaptured: Int64?
    package let amountRefunded: Int64
    /// Without a name until Stripe has priced the order; see `hasCurrency`.
    package let currency: Currency
    /// Stripe's id of the buyer.
    package let customer: String?
    package let customerEmail: String?
    package let description: String?
    /// The storefront's own.
    package let metadata: [String: String]
    /// What was sold; empty where the storefront named an amount.
    package let lines: [OrderLine]
    package let setupFutureUsage: String?
    package let captureMethod: String?
    /// The saved payment method that it is charged to without the buyer; nil where the buyer pays.
    package let paymentMethod: String?
    /// What the platform keeps of it, in hundredths of a percent; nil for nothing. The tenant's setting as it was when
    /// the order was made, so that a repeated call to Stripe is the same call.
    package let applicationFeeBps: Int64?
    package let paymentIntent: String?
    /// How the buyer pays on Stripe's page; nil where they do not.
    package let checkoutMode: CheckoutMode?
    package let checkoutSession: String?
    /// How far its Checkout Session is known to be.
    package let checkoutStatus: SessionFact.Status?
    /// The storefront wants it canceled, and Stripe is being asked.
    package let isCancelRequested: Bool
    package let subscription: String?
    let clientSecretSealed: String?
    package let url: String?
    /// Why it failed; nil when it has not, or not any more.
    package let failure: OrderFailure?
    /// Grows with every row of its history.
    package let version: Int64
    /// Readings of its PaymentIntent that left the version as it was.
    let silentReadings: Int64
    /// Times are µs since 1970.
    package let createdAt: Int64
    package let updatedAt: Int64
    /// When the storefront acknowledged it.
    package internal(set) var activatedAt: Int64?

    /// Grows with everything that is learned of the order, be it that nothing has changed: of two readings at Stripe
    /// that began at one revision, only the first to be applied counts.
    package var revision: Int64 { version + silentReadings }

    package var scope: TenantScope { TenantScope(tenant: tenant, livemode: livemode) }

    /// False until Stripe has priced it.
    package var hasCurrency: Bool { !currency.rawValue.isEmpty }

    /// Whether a saved payment method is charged without the buyer being there.
    package var isOffSession: Bool { paymentMethod != nil }

    /// What the platform keeps of `amount`, rounded down; nil for nothing.
    package func applicationFee(of amount: Int64) -> Int64? {
        guard let applicationFeeBps else { return nil }
        let (product, overflow) = amount.multipliedReportingOverflow(by: applicationFeeBps)
        return overflow || product < 10_000 ? nil : product / 10_000
    }
}

extension Order {
    /// What lets the buyer's page finish the payment; nil before Stripe made it.
    /// - Throws: `.unreadable` when it cannot be opened.
    package func clientSecret(_ keys: KeyRing) throws(CommerceError) -> Secret? {
        guard let clientSecretSealed else { return nil }
        return try keys.open(clientSecretSealed, of: tenant, for: .clientSecret)
    }

    /// Whether `presented` is this order's client secret, compared in constant time.
    package func isOpened(by presented: Secret, _ keys: KeyRing) throws(CommerceError) -> Bool {
        guard let secret = try clientSecret(keys), !secret.exposed.isEmpty else { return false }
        return constantTimeEquals(secret.exposed.utf8, presented.exposed.utf8)
    }
}

extension Order {
    /// Our key in the metadata of Stripe's objects. Not `order_id`: storefronts put that there themselves.
    package static let stripeMetadataKey = "checkout_order"

    /// What goes to Stripe as metadata: the storefront's, and whose it is.
    package var stripeMetadata: [String: String] {
        metadata.merging([Self.stripeMetadataKey: id.rawValue]) { _, own in own }
    }

    /// The order that an object of Stripe's belongs to, where it says so.
    package static func id(inStripeMetadata metadata: [String: String]) -> OrderID? {
        metadata[stripeMetadataKey].map(OrderID.init(rawValue:))
    }

    /// The `Idempotency-Key` of a call to Stripe about this order: `ord_…:create:1`. It comes from the row, so that a
    /// crash between the call and the commit repeats the same call.
    /// - Parameter attempt: grows only after Stripe refused the one before.
    package func stripeIdempotencyKey(_ call: String, attempt: Int = 1) -> String { "\(id):\(call):\(attempt)" }
}
