import Commerce
import Database
import ServiceRuntime
import StripeModels

/// What `POST /v1/checkout_sessions` asks for, checked as far as that goes without the catalog and Stripe.
struct CheckoutRequest: Sendable {
    let mode: CheckoutMode
    let content: Content
    let successURL: String
    let cancelURL: String?
    /// Of a setup; nil for that of the account.
    let currency: Currency?
    let customer: String?
    let customerEmail: String?
    let trialDays: Int64?
    let subscriptionMetadata: [String: String]
    let allowsPromotionCodes: Bool
    let automaticTax: Bool
    /// Seconds since 1970.
    let expiresAt: Int64?
    let setupFutureUsage: SetupFutureUsage?
    private let description: String?
    private let metadata: [String: String]
    private let captureMethod: CaptureMethod?

    enum Content: Sendable {
        case items([CartItem])
        /// One of Stripe's, in the tenant's account.
        case price(String, quantity: Int64)
        /// A setup sells nothing.
        case nothing
    }

    /// What a buyer's page must not decide: the price, who the buyer is, and the terms.
    private static let secretKeyOnly = [
        "price", "quantity", "currency", "customer", "trial_period_days", "subscription_metadata",
        "allow_promotion_codes", "automatic_tax", "expires_at", "setup_future_usage", "capture_method",
    ]
    private static let anyKey = [
        "mode", "items", "success_url", "cancel_url", "customer_email", "description", "metadata",
    ]
    /// What has a meaning in some modes alone.
    private static let modes: [(field: String, modes: Set<CheckoutMode>)] = [
        ("items", [.payment]), ("price", [.payment, .subscription]), ("quantity", [.payment, .subscription]),
        ("currency", [.setup]), ("trial_period_days", [.subscription]), ("subscription_metadata", [.subscription]),
        ("allow_promotion_codes", [.payment, .subscription]), ("automatic_tax", [.payment, .subscription]),
        ("setup_future_usage", [.payment]), ("capture_method", [.payment]),
    ]

    init(_ body: JSONBody, from caller: Caller) throws {
        let fields = try body.fields(Set(Self.secretKeyOnly + Self.anyKey))
        guard let mode = try fields.choice("mode", of: CheckoutMode.self) else { throw APIError.missing("mode") }
        try Self.check(fields, mode, from: caller)
        self.mode = mode
        content = try Self.content(fields, mode)
        guard let successURL = try ReturnURL.read("success_url", from: fields, onOneOf: caller.tenant.origins) else {
            throw APIError.missing("success_url")
        }
        self.successURL = successURL
        cancelURL = try ReturnURL.read("cancel_url", from: fields, onOneOf: caller.tenant.origins)
        currency = try fields.string("currency", maximum: 3).map { try Currency(validating: $0) }
        customer = try fields.string("customer", maximum: 255)
        customerEmail = try fields.freeText("customer_email", maximum: 254)
        trialDays = try fields.integer("trial_period_days", in: 1...730)
        subscriptionMetadata = try StripeMark.checked(
            try Metadata.read("subscription_metadata", from: fields), param: "subscription_metadata")
        allowsPromotionCodes = try fields.flag("allow_promotion_codes") ?? false
        automaticTax = try fields.flag("automatic_tax") ?? false
        expiresAt = try fields.integer("expires_at", in: 1...Int64(Int32.max))
        description = try fields.freeText("description", maximum: 1000)
        metadata = try Metadata.read(from: fields)
        setupFutureUsage = try fields.choice("setup_future_usage", of: SetupFutureUsage.self)
        captureMethod = try fields.choice("capture_method", of: CaptureMethod.self)
    }

    /// The order to make; items are priced by the catalog as it is in this transaction, all else by Stripe.
    func order(for scope: TenantScope, in connection: Connection) throws -> NewOrder {
        let cart: PricedCart? =
            if case .items(let items) = content {
                try CatalogStore.price(items, for: scope, in: connection)
            } else {
                nil
            }
        return try NewOrder(
            checkout: mode, cart: cart, currency: currency, customer: customer, customerEmail: customerEmail,
            description: description, metadata: metadata, setupFutureUsage: setupFutureUsage?.rawValue,
            captureMethod: captureMethod?.rawValue)
    }

    private static func check(_ fields: Fields, _ mode: CheckoutMode, from caller: Caller) throws(APIError) {
        if caller.isPublishable {
            if let field = secretKeyOnly.first(where: fields.has) {
                throw .permission("A publishable key may not set \(field): its checkouts are of catalog items only.")
            }
            guard mode == .payment else {
                throw .permission("A publishable key may start checkouts in mode payment only.")
            }
        }
        for (field, modes) in modes where fields.has(field) && !modes.contains(mode) {
            let names = modes.map(\.rawValue).sorted().joined(separator: " or ")
            throw .invalidRequest(
                param: field, code: "parameter_not_in_mode",
                message: "\(field) has no meaning in mode \(mode.rawValue); it is for mode \(names).")
        }
        for (field, other) in [("items", "price"), ("items", "quantity")]
        where fields.has(field) && fields.has(other) {
            throw .invalidRequest(
                param: other, code: "parameter_conflict", message: "Give \(field) or \(other), not both.")
        }
    }

    private static func content(_ fields: Fields, _ mode: CheckoutMode) throws -> Content {
        guard mode != .setup else { return .nothing }
        if let items = try RequestedPrice.items(fields) { return .items(items) }
        guard let price = try fields.string("price", maximum: 255) else {
            throw APIError.missing(mode == .payment ? "items" : "price")
        }
        return .price(price, quantity: try fields.integer("quantity", in: 1...999_999) ?? 1)
    }
}
