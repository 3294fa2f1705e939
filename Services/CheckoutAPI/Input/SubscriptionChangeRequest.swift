import ServiceRuntime
import StripeClient

/// What a preview of a subscription's change asks for, and the change itself: the same words mean the same in both.
struct SubscriptionChangeRequest: Sendable {
    /// nil leaves it, as with `quantity`.
    let price: String?
    let quantity: Int64?
    /// By default what is due is due now: `always_invoice`.
    let prorationBehavior: SubscriptionChange.ProrationBehavior
    /// Seconds since 1970, as the preview said; nil for now.
    let prorationDate: Int64?

    init(_ body: JSONBody) throws {
        let fields = try body.fields(["price", "quantity", "proration_behavior", "proration_date"])
        price = try fields.string("price", maximum: 255)
        quantity = try fields.integer("quantity", in: 1...999_999)
        guard price != nil || quantity != nil else {
            throw APIError.invalidRequest(
                param: "price", code: "parameter_missing", message: "Give price, quantity, or both: what is to change.")
        }
        prorationBehavior = try fields.choice("proration_behavior", of: Proration.self)?.behavior ?? .alwaysInvoice
        prorationDate = try fields.integer("proration_date", in: 1...Int64(Int32.max))
        guard prorationBehavior != .none || prorationDate == nil else {
            throw APIError.invalidRequest(
                param: "proration_date", code: "parameter_conflict",
                message: "proration_date has no meaning with proration_behavior none.")
        }
    }

    private enum Proration: String, CaseIterable {
        case alwaysInvoice = "always_invoice"
        case createProrations = "create_prorations"
        case none

        var behavior: SubscriptionChange.ProrationBehavior {
            switch self {
            case .alwaysInvoice: .alwaysInvoice
            case .createProrations: .createProrations
            case .none: .none
            }
        }
    }
}
