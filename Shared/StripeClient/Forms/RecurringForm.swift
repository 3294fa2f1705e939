/// How often a price is paid.
package struct RecurringForm: Sendable, Hashable {
    package enum Interval: String, Sendable, CaseIterable {
        case day, week, month, year
    }

    package var interval: Interval
    /// How many of them are one period.
    package var count: Int64

    package init(_ interval: Interval, count: Int64 = 1) {
        self.interval = interval
        self.count = count
    }

    var form: FormValue { ["interval": .text(interval.rawValue), "interval_count": .number(count)] }
}
