/// How often a price is paid: every so many days, weeks, months or years.
struct BillingInterval: Sendable, Hashable {
    enum Unit: String, Sendable, CaseIterable {
        case day, week, month, year
    }

    let unit: Unit
    let count: Int64

    init(_ unit: Unit, count: Int64 = 1) {
        self.unit = unit
        self.count = count
    }

    /// `recurring` of a price.
    init?(_ recurring: JSON) {
        guard let unit = recurring["interval"].string.flatMap(Unit.init(rawValue:)) else { return nil }
        self.init(unit, count: recurring["interval_count"].int ?? 1)
    }

    /// `month`, `3 months`
    var text: String { count == 1 ? unit.rawValue : "\(count) \(unit.rawValue)s" }

    /// The time so many intervals after `anchor`. Each is reckoned from the anchor, so that a subscription made on
    /// January 31 renews on February 28 and then on March 31.
    func time(_ index: Int64, after anchor: Int64) -> Int64 {
        let steps = index * count
        switch unit {
        case .day: return anchor + steps * CivilTime.secondsADay
        case .week: return anchor + steps * 7 * CivilTime.secondsADay
        case .month: return CivilTime(anchor).adding(months: steps).seconds
        case .year: return CivilTime(anchor).adding(months: steps * 12).seconds
        }
    }
}

/// When a subscription's periods begin and end: an anchor, and an interval that is counted from it both ways.
struct BillingCycle: Sendable, Hashable {
    /// Seconds since 1970.
    let anchor: Int64
    let interval: BillingInterval

    /// The period that `time` lies in: its start is not after it, its end is.
    func period(containing time: Int64) -> Period {
        var index = estimate(time)
        while interval.time(index, after: anchor) > time { index -= 1 }
        while interval.time(index + 1, after: anchor) <= time { index += 1 }
        return Period(start: interval.time(index, after: anchor), end: interval.time(index + 1, after: anchor))
    }

    /// Near the index of the period that `time` lies in.
    private func estimate(_ time: Int64) -> Int64 {
        let days: Int64 =
            switch interval.unit {
            case .day: 1
            case .week: 7
            case .month: 30
            case .year: 365
            }
        return (time - anchor).flooredQuotient(by: days * CivilTime.secondsADay * interval.count)
    }
}

/// A span of time: `start` belongs to it, `end` does not. Seconds since 1970.
struct Period: Sendable, Hashable {
    var start: Int64
    var end: Int64

    var length: Int64 { end - start }

    var json: JSON { ["end": .int(end), "start": .int(start)] }
}
