import Testing

@testable import CheckoutCtl

@Suite struct TimeTests {
    @Test func `times are shown in UTC to the second`() {
        #expect(Moment.text(1_795_305_600_999_999) == "2026-11-22T00:00:00Z")
        #expect(Moment.text(seconds: 0) == "1970-01-01T00:00:00Z")
        #expect(Moment.text(nil) == nil)
    }

    @Test(arguments: [
        ("2026-11-22T00:00:00Z", 1_795_305_600), ("2026-11-22", 1_795_305_600),
        ("2026-11-22T02:00:00+02:00", 1_795_305_600),
    ])
    func `times are read with a zone, or as a day`(_ text: String, _ seconds: Int64) {
        #expect(Moment.microseconds(text) == seconds * 1_000_000)
    }

    @Test(arguments: ["", "yesterday", "2026-13-01", "22.11.2026", "1795305600"])
    func `anything else is no time`(_ text: String) {
        #expect(Moment.microseconds(text) == nil)
    }

    @Test(arguments: [("90d", 7_776_000), ("24h", 86_400), ("30m", 1800), ("45s", 45), ("0s", 0)])
    func `a span is a number and a unit`(_ text: String, _ seconds: Int64) {
        #expect(Span(argument: text)?.duration == .seconds(seconds))
    }

    @Test(arguments: ["", "h", "90", "1.5h", "-1h", "9999999999d", "1 h", "1w"])
    func `anything else is no span`(_ text: String) {
        #expect(Span(argument: text) == nil)
    }
}
