/// What a customer pays for again and again.
package struct Subscription: StripeResource {
    package static let objectName = "subscription"

    package let id: String
    package let status: Status
    package let customer: String
    /// At most twenty.
    package let items: [SubscriptionItem]
    package let currency: Currency?
    /// The period that is paid for, in seconds since 1970, as all times here are. Where items have periods of their
    /// own, from the first beginning to the last end.
    package let currentPeriodStart: Int64?
    package let currentPeriodEnd: Int64?
    package let cancelAtPeriodEnd: Bool
    package let cancelAt: Int64?
    /// When the cancellation was asked for.
    package let canceledAt: Int64?
    package let endedAt: Int64?
    package let trialStart: Int64?
    package let trialEnd: Int64?
    package let latestInvoice: String?
    package let defaultPaymentMethod: String?
    /// Why it ended, for example `cancellation_requested` or `payment_failed`.
    package let cancellationReason: String?
    package let metadata: [String: String]
    package let livemode: Bool
    package let created: Int64

    /// Its end is set. Classic billing raises the flag, flexible billing sets the time.
    package var isEnding: Bool { cancelAtPeriodEnd || cancelAt != nil }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.fields(of: Self.objectName)
        id = try fields.required("id")
        status = try fields.required("status")
        guard let customer = try fields.id("customer") else {
            throw DecodingError.keyNotFound(
                "customer" as FieldName, .init(codingPath: decoder.codingPath, debugDescription: "no customer"))
        }
        self.customer = customer
        let items = try fields.optional("items") as StripeList<SubscriptionItem>?
        self.items = items?.data ?? []
        currency = try fields.optional("currency") ?? self.items.first?.price.currency
        // Since 2025-03-31 the items have the periods.
        currentPeriodStart =
            try fields.optional("current_period_start") ?? self.items.compactMap(\.currentPeriodStart).min()
        currentPeriodEnd = try fields.optional("current_period_end") ?? self.items.compactMap(\.currentPeriodEnd).max()
        cancelAtPeriodEnd = try fields.optional("cancel_at_period_end") ?? false
        cancelAt = try fields.optional("cancel_at")
        canceledAt = try fields.optional("canceled_at")
        endedAt = try fields.optional("ended_at")
        trialStart = try fields.optional("trial_start")
        trialEnd = try fields.optional("trial_end")
        latestInvoice = try fields.id("latest_invoice")
        defaultPaymentMethod = try fields.id("default_payment_method")
        cancellationReason = fields.object("cancellation_details")?.readable("reason")
        metadata = try fields.metadata()
        livemode = try fields.required("livemode")
        created = try fields.required("created")
    }

    package enum Status: OpenEnum {
        case incomplete
        case incompleteExpired
        case trialing
        case active
        case pastDue
        case unpaid
        case paused
        case canceled
        case unknown(String)

        package static let known: [String: Self] = [
            "incomplete": .incomplete, "incomplete_expired": .incompleteExpired, "trialing": .trialing,
            "active": .active, "past_due": .pastDue, "unpaid": .unpaid, "paused": .paused, "canceled": .canceled,
        ]

        package var unknownName: String? {
            if case .unknown(let name) = self { name } else { nil }
        }

        /// Nothing can follow: an event that says so decides alone.
        package var isFinal: Bool { self == .canceled || self == .incompleteExpired }
    }
}
