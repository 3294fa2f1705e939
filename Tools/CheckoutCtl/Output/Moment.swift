import Foundation

/// Points in time for people: ISO 8601 in UTC, to the second.
enum Moment {
    /// - Parameter microseconds: since 1970.
    static func text(_ microseconds: Int64?) -> String? {
        microseconds.map { text(seconds: $0 / 1_000_000) }
    }

    static func text(seconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(seconds)).ISO8601Format()
    }

    /// µs since 1970 from `2026-11-22T10:00:00Z` or `2026-11-22`; nil for anything else.
    static func microseconds(_ text: String) -> Int64? {
        let date =
            (try? Date(text, strategy: .iso8601)) ?? (try? Date("\(text)T00:00:00Z", strategy: .iso8601))
        guard let date, abs(date.timeIntervalSince1970) < 1e11 else { return nil }
        return Int64(date.timeIntervalSince1970) * 1_000_000
    }
}
