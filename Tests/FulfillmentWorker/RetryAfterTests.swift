import Testing

@testable import FulfillmentWorker

@Suite struct RetryAfterTests {
    /// 1994-11-06 08:49:37 UTC, the date of RFC 9110's example.
    static let example: Int64 = 784_111_777

    @Test(arguments: [
        ("0", 0), ("30", 30), (" 30\t", 30), ("86400", 86_400), ("86401", 86_400),
        ("99999999999999999999999999", 86_400),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 0), ("Sun, 06 Nov 1994 08:50:37 GMT", 60),
        ("Sun, 06 Nov 1994 08:00:00 GMT", 0), ("Mon, 07 Nov 1994 08:49:36 GMT", 86_399),
        ("Fri, 31 Dec 9999 23:59:60 GMT", 86_400), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
    ])
    func `seconds and dates are read, and cut to a day`(_ value: String, _ seconds: Int) {
        #expect(RetryAfter.delay(value, now: Self.example) == .seconds(seconds))
    }

    @Test(arguments: [
        "", " ", "-1", "+1", "1.5", "1e3", "soon", "٣", "30 s", "Sun, 06 Nov 1994 08:49:37 CET",
        "Sun, 06 Now 1994 08:49:37 GMT", "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Nov 1994 08:49 GMT", "Sun, 06 Nov 99999999999999999999 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT ,",
    ])
    func `anything else says nothing`(_ value: String) {
        #expect(RetryAfter.delay(value, now: Self.example) == nil)
    }

    @Test(
        arguments: [
            ("Tue, 29 Feb 2000 00:00:00 GMT", 951_782_400), ("Wed, 01 Mar 2000 00:00:00 GMT", 951_868_800),
            ("Sun, 22 Nov 2026 00:00:00 GMT", 1_795_305_600), ("Mon, 01 Jan 2100 00:00:00 GMT", 4_102_444_800),
        ] as [(String, Int64)])
    func `leap years are counted`(_ date: String, _ time: Int64) {
        #expect(RetryAfter.delay(date, now: time - 1000) == .seconds(1000))
    }
}
