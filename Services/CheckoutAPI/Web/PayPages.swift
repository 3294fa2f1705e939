import Commerce
import Database
import Hummingbird
import Mustache
import Security
import ServiceRuntime
import StripeModels

/// The page where a buyer finishes a payment that waits for them, and what it shows.
///
/// The page itself is the same for every order and says nothing of one. Its link has the order's client secret behind
/// the `#`, and only who shows that secret is told more.
struct PayPages: Sendable {
    let database: Database
    let tenants: TenantStore
    let keys: KeyRing
    let page: Response

    init(database: Database, tenants: TenantStore, keys: KeyRing, stripeJS: StripeJS) throws {
        self.database = database
        self.tenants = tenants
        self.keys = keys
        let template = try MustacheTemplate(string: String(decoding: PackageResources.pay_html, as: UTF8.self))
        let values: [String: Any] = ["stripe_js": stripeJS.script, "sandbox": stripeJS.isSandbox]
        page = DemoPages.response(.ok, template.render(values), policy: stripeJS.contentSecurityPolicy)
    }

    /// What the page shows of an order.
    /// - Throws: 404, the same for an order that is not there and for a secret that is not its own.
    func open(_ id: OrderID, showing secret: Secret) async throws -> PaymentPageJSON {
        // The secret is what opens it, not a tenant's key, so there is no scope to ask within.
        guard let order = try await database.read({ try OperatorOrders.get(id, in: $0) }),
            try order.isOpened(by: secret, keys), let tenant = try await tenants.get(order.tenant)
        else { throw APIError.noSuchOrder }
        return PaymentPageJSON(
            order: order.id.rawValue, shop: tenant.name, livemode: order.livemode, status: order.status.rawValue,
            amount: order.amount, currency: order.currency.rawValue, description: order.description,
            publishableKey: tenant.stripePublishableKey, stripeAccount: tenant.stripeAccount)
    }
}

/// An order as far as its buyer needs it to pay.
struct PaymentPageJSON: Encodable {
    let object = "payment_page"
    let order: String
    let shop: String
    let livemode: Bool
    let status: String
    let amount: Int64
    let currency: String
    let description: String?
    /// Stripe's.
    let publishableKey: String?
    let stripeAccount: String?

    private enum CodingKeys: String, CodingKey {
        case object, order, shop, livemode, status, amount, currency, description
        case publishableKey = "publishable_key"
        case stripeAccount = "stripe_account"
    }
}
