import Testing

@testable import StripeSandbox

struct SubscriptionStepTests {
    private static let day: Int64 = 86400
    private static let month = Period(start: 1000, end: 1000 + 30 * day)

    private func times(
        _ status: SubscriptionStatus, _ period: Period = month, trialEnd: Int64? = nil, cancelAt: Int64? = nil
    ) -> SubscriptionTimes {
        SubscriptionTimes(
            status: status, created: 1000, period: period, trialEnd: trialEnd, cancelAt: cancelAt)
    }

    @Test func `a first invoice can be paid for twenty-three hours`() {
        #expect(times(.incomplete).next == DueStep(.expire, at: 1000 + 23 * 60 * 60))
    }

    @Test(arguments: [SubscriptionStatus.active, .pastDue, .unpaid])
    func `the next invoice is announced, then the period is renewed`(_ status: SubscriptionStatus) {
        var times = times(status)
        #expect(times.next == DueStep(.announceInvoice, at: Self.month.end - 3 * Self.day))
        times.isInvoiceAnnounced = true
        #expect(times.next == DueStep(.renew, at: Self.month.end))
    }

    @Test func `a short period is not announced`() {
        let week = Period(start: 1000, end: 1000 + 3 * Self.day)
        #expect(times(.active, week).next == DueStep(.renew, at: week.end))
    }

    @Test(arguments: [(Int64(14), Int64(11)), (3, 0), (1, 0)])
    func `the end of a trial is announced three days ahead, or at once`(_ days: Int64, _ after: Int64) {
        let trial = Period(start: 1000, end: 1000 + days * Self.day)
        var times = times(.trialing, trial, trialEnd: trial.end)
        #expect(times.next == DueStep(.announceTrialEnd, at: 1000 + after * Self.day))
        times.isTrialEndAnnounced = true
        times.isInvoiceAnnounced = true
        #expect(times.next == DueStep(.renew, at: trial.end))
    }

    @Test func `one that ends with its period is neither announced nor renewed`() {
        #expect(times(.active, cancelAt: Self.month.end).next == DueStep(.cancel, at: Self.month.end))
        #expect(times(.active, cancelAt: 5000).next == DueStep(.cancel, at: 5000))
        let later = times(.active, cancelAt: Self.month.end + 1)
        #expect(later.next?.step == .announceInvoice)
    }

    @Test(arguments: [SubscriptionStatus.canceled, .incompleteExpired])
    func `nothing happens to one that is over`(_ status: SubscriptionStatus) {
        #expect(times(status, trialEnd: 5000, cancelAt: 5000).next == nil)
    }

    @Test func `a paused one waits, but can be canceled`() {
        #expect(times(.paused).next == nil)
        #expect(times(.paused, cancelAt: 5000).next == DueStep(.cancel, at: 5000))
    }

    @Test(arguments: SubscriptionStatus.allCases)
    func `a payment serves whoever waits for it, and wakes nobody up`(_ status: SubscriptionStatus) {
        let waits: Set<SubscriptionStatus> = [.incomplete, .pastDue, .unpaid, .active]
        #expect(status.afterPayment == (waits.contains(status) ? .active : status))
        let owes: Set<SubscriptionStatus> = [.trialing, .active, .pastDue]
        #expect(status.afterFailedPayment == (owes.contains(status) ? .pastDue : status))
    }

    @Test func `tries follow the schedule and end with it`() {
        var rules = BillingRules()
        rules.retryGaps = [10, 20]
        #expect(rules.nextTry(after: 1, at: 100) == 110)
        #expect(rules.nextTry(after: 2, at: 100) == 120)
        #expect(rules.nextTry(after: 3, at: 100) == nil)
        rules.retryGaps = []
        #expect(rules.nextTry(after: 1, at: 100) == nil)
    }
}
