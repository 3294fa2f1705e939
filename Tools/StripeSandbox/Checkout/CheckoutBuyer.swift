/// What a buyer has typed on the hosted page.
struct CheckoutBuyer: Sendable {
    var email: String?
    var name: String?
    var country: String?
    /// Which kind of payment method; nil when nothing is to be paid with.
    var method: String?
    /// `card`, `us_bank_account` or `sepa_debit` of a payment method.
    var details: JSON = [:]
    /// Where the page is: the bank's page sends the buyer back to it.
    var page: String
    var baseURL: String

    var confirmation: Confirmation { Confirmation(baseURL: baseURL, returnURL: page) }

    /// `billing_details` of the payment method.
    var billing: JSON {
        var billing: JSON = ["email": JSON(email), "name": JSON(name)]
        if let country { billing["address"] = ["country": .string(country)] }
        return billing
    }
}

/// Where the buyer goes next.
enum CheckoutStep: Sendable {
    /// The session is complete.
    case done(url: String)
    /// The bank's page.
    case challenge(url: String)
}

extension StripeFailure {
    /// A page that was left open for too long, or in another window.
    static func checkoutIsOver(_ session: Record) -> Self {
        session["status"] == "expired"
            ? .impossible("This Checkout Session has expired.", code: "checkout_session_expired")
            : .impossible("This Checkout Session has been completed already.", code: "checkout_session_complete")
    }
}
