import Commerce
import Foundation

extension EmailPayload {
    /// What templates are filled with: the payload's values as people write them, and those that every email has.
    /// - Parameter page: where the buyer can pay the order; nil where nobody can.
    func values(shop: String, page: String?) -> [String: String] {
        var values = values
        for name in Self.times {
            values[name] = values[name].flatMap { Int64($0) }.map(Self.day)
        }
        if values["link"] == nil, subscription == nil { values["link"] = page }
        values["shop"] = shop
        values["order"] = order?.rawValue
        values["subscription"] = subscription
        values["date"] = Self.day(created)
        values["test_mode"] = livemode ? nil : "yes"
        return values
    }

    /// Come as seconds since 1970.
    private static let times = ["trial_end", "next_attempt"]

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    /// `22 November 2026`, in UTC: no order of numbers that one half of the world reads as another day.
    static func day(_ seconds: Int64) -> String {
        var time = time_t(seconds)
        var parts = tm()
        gmtime_r(&time, &parts)
        return "\(parts.tm_mday) \(months[Int(parts.tm_mon)]) \(Int(parts.tm_year) + 1900)"
    }
}

extension EmailPayload {
    /// Whether it would mislead the buyer now that the order is in `status`: who has paid meanwhile, or tries to, is not
    /// asked to.
    func isOvertaken(by status: OrderStatus) -> Bool {
        switch (kind, status) {
        case (.paymentFailed, .pending), (.paymentFailed, .failed), (.paymentFailed, .requiresAction): false
        case (.actionRequired, .pending), (.actionRequired, .failed), (.actionRequired, .requiresAction): false
        // A subscription's renewals go on while its order is active.
        case (.paymentFailed, _), (.actionRequired, _): subscription == nil
        case (.receipt, _), (.invoicePaymentFailed, _), (.subscriptionCanceled, _), (.trialEnding, _): false
        }
    }
}
