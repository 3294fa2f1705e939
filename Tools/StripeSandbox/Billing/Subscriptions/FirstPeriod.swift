/// When a new subscription's cycle begins, and what its first period is.
struct FirstPeriod: Sendable {
    let currency: String
    let anchor: Int64
    let trialEnd: Int64?
    let period: Period
    /// The whole period that the first one is a part of: the same, unless the cycle is aligned to a later time.
    let whole: Period
    var isStub: Bool { period != whole }

    /// - Parameter now: seconds since 1970.
    init(_ new: NewSubscription, now: Int64) throws(StripeFailure) {
        guard let first = new.items.first, let interval = BillingInterval(first.price["recurring"]) else {
            throw .missing("items")
        }
        currency = first.price["currency"].string ?? ""
        let end = new.trialEnd ?? new.trialDays.map { now + $0 * CivilTime.secondsADay }
        trialEnd = end.flatMap { $0 > now ? $0 : nil }
        if let trialEnd {
            guard trialEnd <= CivilTime(now).adding(months: 24).seconds else {
                throw .invalid("Invalid trial_end: it can be at most two years away.", param: "trial_end")
            }
            anchor = trialEnd
            period = Period(start: now, end: trialEnd)
            whole = period
            return
        }
        anchor = new.billingCycleAnchor ?? now
        let cycle = BillingCycle(anchor: anchor, interval: interval)
        guard anchor >= now else {
            throw .invalid("`billing_cycle_anchor` must be in the future.", param: "billing_cycle_anchor")
        }
        whole = cycle.period(containing: now)
        guard anchor == now || whole.end == anchor else {
            throw .invalid(
                "`billing_cycle_anchor` cannot be later than the next natural billing date.",
                param: "billing_cycle_anchor")
        }
        period = Period(start: now, end: whole.end)
    }
}
