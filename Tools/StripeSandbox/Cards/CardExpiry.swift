import Crypto
import FoundationEssentials

/// Until when a card is good.
struct CardExpiry: Sendable {
    let month: Int64
    let year: Int64

    /// What a test token has: some years from now.
    init(inYearsFrom now: Int64) {
        let today = Self.monthAndYear(now)
        (month, year) = (today.month, today.year + 1)
    }

    /// - Parameters:
    ///   - month: the name of the parameter, for a refusal; `year` alike.
    init(_ card: JSON, now: Int64, month monthName: String, year yearName: String) throws(StripeFailure) {
        guard let month = card["exp_month"].int else { throw .missing(monthName) }
        guard var year = card["exp_year"].int else { throw .missing(yearName) }
        guard (1...12).contains(month) else {
            throw .card("Your card's expiration month is invalid.", code: "invalid_expiry_month", param: monthName)
        }
        if (0..<100).contains(year) { year += 2000 }
        let today = Self.monthAndYear(now)
        guard year >= today.year, year <= today.year + 50 else {
            throw .card("Your card's expiration year is invalid.", code: "invalid_expiry_year", param: yearName)
        }
        guard year > today.year || month >= today.month else {
            throw .card("Your card's expiration month is invalid.", code: "invalid_expiry_month", param: monthName)
        }
        (self.month, self.year) = (month, year)
    }

    private static func monthAndYear(_ seconds: Int64) -> (month: Int64, year: Int64) {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents([.year, .month], from: Date(timeIntervalSince1970: Double(seconds)))
        return (Int64(parts.month ?? 1), Int64(parts.year ?? 1970))
    }
}

extension TestCard {
    /// The same card has the same fingerprint within an account, and another one in the next.
    func fingerprint(in scope: AccountScope) -> String {
        Identifier.base62(SHA256.hash(data: Array("\(scope) \(number)".utf8)).prefix(16))
    }
}
