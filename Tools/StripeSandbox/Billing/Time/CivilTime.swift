/// A moment as a date and a time of day, in UTC by the Gregorian calendar: months are reckoned in these.
struct CivilTime: Sendable, Hashable {
    var year: Int64
    /// 1 to 12.
    var month: Int64
    /// 1 to 31.
    var day: Int64
    /// 0 to 86399.
    var secondOfDay: Int64

    static let secondsADay: Int64 = 86400

    /// - Parameter seconds: since 1970.
    init(_ seconds: Int64) {
        let days = seconds.flooredQuotient(by: Self.secondsADay)
        secondOfDay = seconds - days * Self.secondsADay
        // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years begin in March, so that the leap day is
        // the last of its year.
        let shifted = days + 719_468
        let era = shifted.flooredQuotient(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Seconds since 1970.
    var seconds: Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear.flooredQuotient(by: 400)
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return (era * 146_097 + dayOfEra - 719_468) * Self.secondsADay + secondOfDay
    }

    /// So many months later, on the same day of the month, or on the last where there is no such day.
    func adding(months: Int64) -> Self {
        let count = year * 12 + month - 1 + months
        var later = self
        later.year = count.flooredQuotient(by: 12)
        later.month = count - later.year * 12 + 1
        later.day = min(day, Self.days(in: later.month, of: later.year))
        return later
    }

    private static func days(in month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// `7 Mar 2026`
    var date: String {
        let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        return "\(day) \(names[Int(month) - 1]) \(year)"
    }
}

extension Int64 {
    /// Rounded down, for negative numbers too.
    func flooredQuotient(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
