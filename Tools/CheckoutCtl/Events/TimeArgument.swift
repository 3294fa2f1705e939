import ArgumentParser
import Foundation

/// A point in time on the command line: RFC 3339 (`2026-11-22T10:00:00Z`), a day in UTC (`2026-11-22`), or seconds since
/// 1970.
struct TimeArgument: ExpressibleByArgument, Equatable {
    /// Since 1970.
    let microseconds: Int64

    init?(argument: String) {
        // RFC 3339 lets T and Z be small.
        let text = argument.uppercased()
        guard let time = Self.seconds(text) ?? Self.fraction(text) ?? Moment.microseconds(text) else { return nil }
        microseconds = time
    }

    /// From nine digits on, as all times since 1973 have: fewer are a year or a slip.
    private static func seconds(_ text: String) -> Int64? {
        guard (9...11).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int64(text).map { $0 * 1_000_000 }
    }

    private static func fraction(_ text: String) -> Int64? {
        let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        guard text.contains("."), let date = try? Date(text, strategy: format),
            abs(date.timeIntervalSince1970) < 1e11
        else { return nil }
        return Int64((date.timeIntervalSince1970 * 1_000_000).rounded())
    }
}
