/// What happens to a subscription by itself, by the passing of time.
enum SubscriptionStep: Sendable, Hashable {
    /// The first invoice was not paid in time.
    case expire
    /// What was to be canceled then is.
    case cancel
    /// A period is over: the next one begins, or the trial ends.
    case renew
    /// The buyer can be told that the trial will end.
    case announceTrialEnd
    /// The buyer can be told of the next invoice.
    case announceInvoice
}

/// A step, and when it is due (seconds since 1970).
struct DueStep: Sendable, Hashable {
    let step: SubscriptionStep
    let time: Int64

    init(_ step: SubscriptionStep, at time: Int64) {
        self.step = step
        self.time = time
    }
}

/// The times of a subscription that decide what happens when. Seconds since 1970.
struct SubscriptionTimes: Sendable, Hashable {
    var status: SubscriptionStatus
    var created: Int64
    var period: Period
    var trialEnd: Int64?
    var cancelAt: Int64?
    var isTrialEndAnnounced = false
    var isInvoiceAnnounced = false

    /// Stripe: a first invoice can be paid for 23 hours.
    static let payable: Int64 = 23 * 60 * 60
    /// Stripe: `customer.subscription.trial_will_end` comes three days ahead, or at once.
    static let trialNotice: Int64 = 3 * 24 * 60 * 60
    /// Stripe sends `invoice.upcoming` some days ahead, by the account's setting.
    static let invoiceNotice: Int64 = 3 * 24 * 60 * 60

    /// What comes next, and when; nil when nothing will. What is overdue comes in the order in which it was due.
    var next: DueStep? {
        var steps: [DueStep] = []
        if let cancelAt, !status.isOver { steps.append(DueStep(.cancel, at: cancelAt)) }
        switch status {
        case .incomplete:
            steps.append(DueStep(.expire, at: created + Self.payable))
        case .trialing, .active, .pastDue, .unpaid:
            // One that ends with its period is not renewed: at the same time, canceling comes first.
            steps.append(DueStep(.renew, at: period.end))
            if let trialEnd, status == .trialing, !isTrialEndAnnounced {
                steps.append(DueStep(.announceTrialEnd, at: max(trialEnd - Self.trialNotice, created)))
            }
            let isRenewed = cancelAt.map { $0 > period.end } ?? true
            if isRenewed, !isInvoiceAnnounced, period.length > Self.invoiceNotice {
                steps.append(DueStep(.announceInvoice, at: period.end - Self.invoiceNotice))
            }
        case .paused, .canceled, .incompleteExpired:
            break
        }
        return steps.enumerated().min { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }?.element
    }
}
