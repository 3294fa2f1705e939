/// What a storefront's `Retry-After` asks for: a number of seconds or an HTTP date (RFC 9110, 10.2.3).
enum RetryAfter {
    /// A longer wait is cut to this: no answer of a storefront may put its delivery off for ever.
    static let longest: Duration = .seconds(24 * 60 * 60)

    /// How long to wait from `now` (seconds since 1970), or nil when the header says nothing that can be read.
    static func delay(_ value: String, now: Int64) -> Duration? {
        let text = value.trimmingSpaces
        let seconds: Int64
        if !text.isEmpty, text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) {
            // More digits than an Int64 holds is still a number: "very long".
            seconds = Int64(text) ?? .max
        } else if let date = httpDate(text) {
            seconds = date - now
        } else {
            return nil
        }
        return min(.seconds(max(0, min(seconds, longest.components.seconds))), longest)
    }

    /// Seconds since 1970 of `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that RFC 9110 lets a server send.
    private static func httpDate(_ text: Substring) -> Int64? {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0].hasSuffix(","), parts[5] == "GMT",
            let day = Int64(parts[1]), (1...31).contains(day),
            let month = months.firstIndex(of: String(parts[2])),
            let year = Int64(parts[3]), (1970...9999).contains(year)
        else { return nil }
        let clock = parts[4].split(separator: ":").map { Int64($0) ?? -1 }
        guard clock.count == 3, (0...23).contains(clock[0]), (0...59).contains(clock[1]), (0...60).contains(clock[2])
        else { return nil }
        return days(year: year, month: Int64(month + 1), day: day) * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2]
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Days from 1970-01-01 in the Gregorian calendar. March is taken as the first month, so that the leap day is the
    /// year's last.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shiftedYear = month > 2 ? year : year - 1
        let shiftedMonth = (month + 9) % 12
        let dayOfYear = (153 * shiftedMonth + 2) / 5 + day - 1
        return shiftedYear * 365 + shiftedYear / 4 - shiftedYear / 100 + shiftedYear / 400 + dayOfYear - 719_468
    }
}

extension String {
    fileprivate var trimmingSpaces: Substring {
        let start = drop { $0 == " " || $0 == "\t" }
        guard let end = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
        return start[...end]
    }
}
