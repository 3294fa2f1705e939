import Commerce
import HTTPTypes
import ServiceRuntime
import StripeClient
import StripeModels

/// The errors that are this API's own, beside those that all services share.
extension APIError {
    /// The same for an order that never was and for somebody else's.
    static let noSuchOrder = APIError.notFound("No such order.", param: "id")

    static let noSuchCatalogItem = APIError.notFound("No such catalog item.", param: "sku")

    static let noSuchCustomer = APIError.notFound("No such customer.", param: "customer")

    static let noSuchPaymentMethod = APIError.notFound(
        "No such payment method of this customer.", param: "payment_method")

    static let noSuchPrice = APIError.notFound("No such price.", param: "price")

    /// 400: right in itself, but not as things are. Not 409, which says that a key is in use, and which clients repeat.
    static func conflict(code: String, _ message: String) -> APIError {
        .invalidRequest(code: code, message: message)
    }

    static let orderAlreadyPaid = APIError.conflict(
        code: "order_already_paid", "The order is paid, so it cannot be canceled; refund it instead.")

    static func orderNotCancelable(_ why: String) -> APIError {
        .conflict(code: "order_not_cancelable", "The order cannot be canceled now: \(why).")
    }

    static let tooManyStreams = APIError.unavailable(
        "Too many orders are being followed; try again.", code: "too_many_streams", retryAfter: 5)

    /// 429: whoever follows this order has enough streams of it.
    static let tooManyStreamsOfOrder = APIError(
        .tooManyRequests, .rateLimit, code: "too_many_streams",
        "This order is being followed by too many streams; close some, then try again.", headers: [.retryAfter: "5"])

    static let orderAlreadyCaptured = APIError.conflict(
        code: "order_already_captured", "The order's payment is captured already.")

    static func orderNotCapturable(_ why: String) -> APIError {
        .conflict(code: "order_not_capturable", "The order cannot be captured: \(why).")
    }

    // MARK: Stripe's

    /// 502: only the tenant's operator can mend this, and the log says so too.
    static func stripeAuthentication(
        _ fault: StripeError.CredentialFault, cause: (any Error)? = nil
    ) -> APIError {
        let what =
            switch fault {
            case .invalidKey: "Stripe refuses the Stripe key that is stored for this account"
            case .restrictedKey:
                "The Stripe key that is stored for this account lacks a permission that this call needs"
            case .noAccess: "The Stripe key that is stored for this account may not act for its connected account"
            }
        return APIError(
            .badGateway, .api, code: "stripe_authentication", "\(what); its operator has to update it.", cause: cause)
    }

    static func stripeRateLimited(retryAfter wait: Duration, cause: any Error) -> APIError {
        let seconds = max(1, Int(wait.components.seconds) + (wait.components.attoseconds > 0 ? 1 : 0))
        let plain = APIError.rateLimited(retryAfter: seconds)
        return APIError(
            plain.status, plain.type, code: plain.code, plain.message, headers: plain.headers, cause: cause)
    }

    /// 402, in the words of the card's issuer.
    static func cardError(_ body: StripeErrorBody) -> APIError {
        .card(
            code: body.code ?? "card_declined", message: body.message ?? "The card was declined.",
            param: callersParameter(body))
    }

    /// 400, or 404 for what the tenant does not have at Stripe: what Stripe says about the request's own parameters.
    static func invalidRequest(_ body: StripeErrorBody) -> APIError {
        let message = body.message ?? "Stripe refused the request."
        let param = callersParameter(body)
        if body.code == "resource_missing" { return .notFound(message, param: param) }
        return .invalidRequest(param: param, code: body.code ?? "stripe_refused", message: message)
    }

    /// The parameter at fault by the name that our caller gave it (see `StripeAccess.paymentIntent(of:)`,
    /// `CheckoutRequest.form(for:pricedBy:currency:)` and `SubscriptionCalls`).
    private static func callersParameter(_ body: StripeErrorBody) -> String? {
        switch body.param {
        case "receipt_email": "customer_email"
        case "subscription_data[trial_period_days]": "trial_period_days"
        case "line_items[0][price]", "items[0][price]", "subscription_details[items][0][price]": "price"
        case "line_items[0][quantity]", "items[0][quantity]", "subscription_details[items][0][quantity]": "quantity"
        case "subscription_details[proration_date]": "proration_date"
        default: body.param
        }
    }

    /// What an order remembers of it.
    var failure: OrderFailure { OrderFailure(code: code ?? type.rawValue, message: message) }
}
