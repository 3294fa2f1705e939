import Testing

@testable import StripeSandbox

struct CivilTimeTests {
    @Test(arguments: [
        (Int64(0), "1 Jan 1970"), (-1, "31 Dec 1969"), (951_782_400, "29 Feb 2000"), (1_709_164_800, "29 Feb 2024"),
        (1_709_251_200, "1 Mar 2024"), (4_107_542_400, "1 Mar 2100"), (1_772_366_400, "1 Mar 2026"),
        (-2_203_891_200, "1 Mar 1900"),
    ])
    func `seconds are a date`(_ seconds: Int64, _ date: String) {
        #expect(CivilTime(seconds).date == date)
        #expect(CivilTime(seconds).seconds == seconds)
    }

    @Test func `every day of two centuries comes after the one before`() {
        var before = CivilTime(-3_000_000_000 / 86400 * 86400)
        for day in 1...73_000 {
            let next = CivilTime(before.seconds + 86400)
            let follows =
                (next.day == before.day + 1 && next.month == before.month)
                || (next.day == 1 && (next.month == before.month % 12 + 1))
            #expect(follows && next.secondOfDay == before.secondOfDay, "day \(day): \(before) then \(next)")
            before = next
        }
    }

    @Test(arguments: [
        ("31 Jan 2026", Int64(1), "28 Feb 2026"), ("31 Jan 2028", 1, "29 Feb 2028"), ("31 Jan 2026", 2, "31 Mar 2026"),
        ("30 Nov 2026", 3, "28 Feb 2027"), ("29 Feb 2028", 12, "28 Feb 2029"), ("29 Feb 2028", 48, "29 Feb 2032"),
        ("31 Mar 2026", -1, "28 Feb 2026"), ("15 Jan 2026", -13, "15 Dec 2024"), ("31 Dec 2026", 1, "31 Jan 2027"),
    ])
    func `a month later is the same day, or the last`(_ from: String, _ months: Int64, _ to: String) throws {
        // Found by looking, so that the test needs no reader of dates.
        let start = try #require((18_000..<22_500).map { CivilTime($0 * 86400 + 45_296) }.first { $0.date == from })
        #expect(start.adding(months: months).date == to)
        #expect(start.adding(months: months).secondOfDay == 45_296)
    }
}
