import ServiceRuntime

/// What an account's settings say about invoices and the Checkout page; here they are the same for all accounts.
struct BillingRules: Sendable {
    /// Where the last failed try takes a subscription.
    enum End: String, Sendable, CaseIterable {
        case canceled
        case unpaid
    }

    /// The gaps between the automatic tries to have an invoice paid, in seconds.
    var retryGaps: [Int64] = [3, 5, 7].map { $0 * CivilTime.secondsADay }
    var afterRetries: End = .canceled
    /// How long an invoice of a renewal stays a draft, in seconds. Stripe: about an hour, so that lines can be added.
    var draftTime: Int64 = 60 * 60
    /// Whether the page offers bank debits where the session names no payment methods.
    var offersDebits = false

    init() {}

    init(reading settings: inout SettingsReader) {
        if let gaps = settings.optionalDurations(
            "INVOICE_RETRY_SCHEDULE",
            meaning: "gaps between the tries of an invoice that was not paid, default 259200,432000,604800")
        {
            retryGaps = gaps.map(\.components.seconds)
        }
        afterRetries = settings.choice(
            "AFTER_INVOICE_RETRIES", default: afterRetries,
            meaning: "what becomes of a subscription whose invoice was not paid by the last try")
        draftTime =
            settings.duration(
                "INVOICE_DRAFT_TIME", default: .seconds(draftTime), in: .zero ... .seconds(72 * 60 * 60),
                meaning: "how long an invoice of a renewal stays a draft"
            ).components.seconds
        offersDebits = settings.bool(
            "CHECKOUT_DEBITS", default: offersDebits,
            meaning: "whether Checkout offers bank debits where the session names no payment methods")
    }

    /// When to try again after so many tries; nil when that was the last.
    func nextTry(after tries: Int64, at time: Int64) -> Int64? {
        guard tries >= 1, tries <= retryGaps.count else { return nil }
        return time + retryGaps[Int(tries) - 1]
    }
}
