import Testing

@testable import StripeSandbox

struct BillingCycleTests {
    /// 31 January 2026, 08:30:15 UTC.
    private static let anchor: Int64 = 1_769_848_215
    private static let intervals =
        BillingInterval.Unit.allCases.flatMap { unit in [1, 2, 3, 7].map { BillingInterval(unit, count: $0) } }

    @Test(arguments: intervals)
    func `periods lie end to end, before the anchor and after it`(_ interval: BillingInterval) {
        let cycle = BillingCycle(anchor: Self.anchor, interval: interval)
        var period = cycle.period(containing: Self.anchor)
        #expect(period.start == Self.anchor)
        for _ in 0..<50 {
            let next = cycle.period(containing: period.end)
            #expect(next.start == period.end && next.length > 0)
            #expect(cycle.period(containing: period.end - 1) == period)
            #expect(cycle.period(containing: period.start) == period)
            period = next
        }
        for _ in 0..<100 {
            let former = cycle.period(containing: period.start - 1)
            #expect(former.end == period.start && former.length > 0)
            period = former
        }
    }

    @Test func `a cycle of months keeps to its day`() {
        let cycle = BillingCycle(anchor: Self.anchor, interval: BillingInterval(.month))
        var time = Self.anchor
        var days: [String] = []
        for _ in 0..<5 {
            time = cycle.period(containing: time).end
            days.append(CivilTime(time).date)
        }
        #expect(days == ["28 Feb 2026", "31 Mar 2026", "30 Apr 2026", "31 May 2026", "30 Jun 2026"])
    }

    @Test func `a price says its interval`() {
        #expect(BillingInterval(["interval": "month", "interval_count": 3])?.text == "3 months")
        #expect(BillingInterval(["interval": "year"])?.text == "year")
        #expect(BillingInterval(["interval": "fortnight"]) == nil)
        #expect(BillingInterval(nil) == nil)
    }
}
