import Commerce
import Database
import ServiceRuntime
import StripeModels

/// What `POST /v1/payment_intents/off_session` asks for, checked as far as that goes without the catalog and Stripe.
struct SavedCardRequest: Sendable {
    private let price: RequestedPrice
    private let customer: String
    private let paymentMethod: String
    private let customerEmail: String?
    private let description: String?
    private let metadata: [String: String]
    private let captureMethod: CaptureMethod?

    private static let allowed: Set<String> = [
        "amount", "currency", "items", "customer", "payment_method", "customer_email", "description", "metadata",
        "capture_method",
    ]

    init(_ body: JSONBody, from caller: Caller) throws {
        let fields = try body.fields(Self.allowed)
        price = try RequestedPrice.read(fields, from: caller)
        func required(_ name: String) throws(APIError) -> String {
            guard let text = try fields.string(name, maximum: 255) else { throw .missing(name) }
            return text
        }
        customer = try required("customer")
        paymentMethod = try required("payment_method")
        customerEmail = try fields.freeText("customer_email", maximum: 254)
        description = try fields.freeText("description", maximum: 1000)
        metadata = try Metadata.read(from: fields)
        captureMethod = try fields.choice("capture_method", of: CaptureMethod.self)
    }

    /// The order to make, priced by the catalog as it is in this transaction.
    func order(for scope: TenantScope, in connection: Connection) throws -> NewOrder {
        switch price {
        case .amount(let amount, let currency): return try order(of: amount, currency, [])
        case .items(let items):
            let cart = try CatalogStore.price(items, for: scope, in: connection)
            return try order(of: cart.amount, cart.currency, cart.lines)
        }
    }

    private func order(of amount: Int64, _ currency: Currency, _ lines: [OrderLine]) throws -> NewOrder {
        try NewOrder(
            amount: amount, currency: currency, customer: customer, customerEmail: customerEmail,
            description: description, metadata: metadata, lines: lines, captureMethod: captureMethod?.rawValue,
            paymentMethod: paymentMethod)
    }
}
