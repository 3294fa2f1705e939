import Commerce
import HTTPTypes
import ServiceRuntime
import StripeModels

/// The errors that are this API's own, beside those that all services share.
extension APIError {
    /// The same for an order that never was and for somebody else's.
    static let noSuchOrder = APIError.notFound("No such order.", param: "id")

    static let noSuchCatalogItem = APIError.notFound("No such catalog item.", param: "sku")

    /// 400: right in itself, but not as things are. Not 409, which says that a key is in use, and which clients repeat.
    static func conflict(code: String, _ message: String) -> APIError {
        .invalidRequest(code: code, message: message)
    }

    static let orderAlreadyPaid = APIError.conflict(
        code: "order_already_paid", "The order is paid, so it cannot be canceled; refund it instead.")

    static func orderNotCancelable(_ status: OrderStatus) -> APIError {
        .conflict(code: "order_not_cancelable", "The order is \(status.rawValue) and cannot be canceled now.")
    }

    static let tooManyStreams = APIError.unavailable(
        "Too many orders are being followed; try again.", code: "too_many_streams", retryAfter: 5)

    /// 429: whoever follows this order has enough streams of it.
    static let tooManyStreamsOfOrder = APIError(
        .tooManyRequests, .rateLimit, code: "too_many_streams",
        "This order is being followed by too many streams; close some, then try again.", headers: [.retryAfter: "5"])

    // MARK: Stripe's

    /// 502: only the tenant's operator can mend this, and the log says so too.
    static let stripeAuthentication = APIError(
        .badGateway, .api, code: "stripe_authentication",
        "Stripe refuses the Stripe keys that are stored for this account; its operator has to update them.")

    static func stripeRateLimited(retryAfter wait: Duration) -> APIError {
        .rateLimited(retryAfter: max(1, Int(wait.components.seconds) + (wait.components.attoseconds > 0 ? 1 : 0)))
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

    /// The parameter at fault by the name that our caller gave it (see `StripeAccess.paymentIntent(of:)`).
    private static func callersParameter(_ body: StripeErrorBody) -> String? {
        body.param == "receipt_email" ? "customer_email" : body.param
    }

    /// What an order remembers of it.
    var failure: OrderFailure { OrderFailure(code: code ?? type.rawValue, message: message) }
}
