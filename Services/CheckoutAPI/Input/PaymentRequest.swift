import Commerce
import Database
import ServiceRuntime
import StripeModels

/// What `POST /v1/payment_intents` asks for, checked as far as that goes without the catalog.
struct PaymentRequest: Sendable {
    private let price: RequestedPrice
    private let description: String?
    private let metadata: [String: String]
    private let customer: String?
    private let customerEmail: String?
    private let setupFutureUsage: SetupFutureUsage?
    private let captureMethod: CaptureMethod?

    /// What a buyer's page must not decide: the price, whose payment it is, and what happens to the card later.
    private static let secretKeyOnly = ["amount", "currency", "customer", "setup_future_usage", "capture_method"]
    private static let anyKey = ["items", "description", "metadata", "customer_email"]

    init(_ body: JSONBody, from caller: Caller) throws {
        let fields = try body.fields(Set(Self.secretKeyOnly + Self.anyKey))
        if caller.isPublishable, let field = Self.secretKeyOnly.first(where: fields.has) {
            throw APIError.permission(
                "A publishable key may not set \(field): its payments are of catalog items only.")
        }
        price = try RequestedPrice.read(fields, from: caller)
        description = try fields.freeText("description", maximum: 1000)
        metadata = try Metadata.read(from: fields)
        customer = try fields.string("customer", maximum: 255)
        customerEmail = try fields.freeText("customer_email", maximum: 254)
        setupFutureUsage = try fields.choice("setup_future_usage", of: SetupFutureUsage.self)
        captureMethod = try fields.choice("capture_method", of: CaptureMethod.self)
        if case .amount(let amount, let currency) = price {
            // What is wrong is told before a transaction begins.
            _ = try order(of: amount, currency)
        }
    }

    /// The order to make, priced by the catalog as it is in this transaction.
    func order(for scope: TenantScope, in connection: Connection) throws -> NewOrder {
        switch price {
        case .amount(let amount, let currency): try order(of: amount, currency)
        case .items(let items):
            try NewOrder(
                CatalogStore.price(items, for: scope, in: connection), customer: customer,
                customerEmail: customerEmail, description: description, metadata: metadata,
                setupFutureUsage: setupFutureUsage?.rawValue, captureMethod: captureMethod?.rawValue)
        }
    }

    private func order(of amount: Int64, _ currency: Currency) throws -> NewOrder {
        try NewOrder(
            amount: amount, currency: currency, customer: customer, customerEmail: customerEmail,
            description: description, metadata: metadata, setupFutureUsage: setupFutureUsage?.rawValue,
            captureMethod: captureMethod?.rawValue)
    }
}
