import Commerce
import Database
import Hummingbird
import Logging
import Security
import ServiceRuntime
import StripeClient
import TenantStripe

/// What the API's routes work with, and which routes there are.
struct CheckoutAPI: Sendable {
    let database: Database
    let keys: KeyRing
    let stripe: StripeClient
    let watch: OrderWatch
    let apiKeys: APIKeyStore
    let tenants: TenantStore
    let runner: CallRunner
    private let attempts = KeyAttempts()
    private let demo: DemoPages
    private let pay: PayPages
    private let dashboard: DashboardPages
    private let contract: ContractPages
    private let settings: Settings

    struct Settings: Sendable {
        let stripeAPIBase: String
        let publicBaseURL: String
        /// How long Stripe may take for one request; see `StripeAccess.deadline`.
        let patience: Duration
    }

    init(
        database: Database, keys: KeyRing, stripe: StripeClient, settings: Settings, watch: OrderWatch, logger: Logger
    ) throws {
        self.database = database
        self.keys = keys
        self.stripe = stripe
        self.watch = watch
        self.settings = settings
        apiKeys = APIKeyStore(database: database, keys: keys)
        tenants = TenantStore(database: database, keys: keys)
        runner = CallRunner(
            database: database, store: IdempotencyStore(keys: keys, lockTime: CallRunner.lockTime), logger: logger)
        demo = try DemoPages(
            tenants: tenants, keys: DemoKeys(store: apiKeys, database: database),
            stripeJS: StripeJS(apiBase: settings.stripeAPIBase))
        pay = try PayPages(
            database: database, tenants: tenants, keys: keys, stripeJS: StripeJS(apiBase: settings.stripeAPIBase))
        dashboard = try DashboardPages(publicBaseURL: settings.publicBaseURL)
        contract = try ContractPages(publicBaseURL: settings.publicBaseURL)
    }

    /// Adds everything to `router`; the health routes are the runtime's.
    func add(to router: Router<AppRequestContext>) {
        router.add(middleware: CrossOrigin(origins: RegisteredOrigins(tenants: tenants)))
        router.add(middleware: ModuleErrors())

        let v1 = router.group("/v1", context: CallerContext.self)
        v1.add(middleware: Authentication(keys: apiKeys))
        PaymentIntentRoutes(api: self).add(to: v1)
        CheckoutSessionRoutes(api: self).add(to: v1)
        CustomerRoutes(api: self).add(to: v1)
        OrderRoutes(api: self).add(to: v1)
        CatalogRoutes(api: self).add(to: v1)
        RefundRoutes(api: self).add(to: v1)
        SubscriptionRoutes(api: self).add(to: v1)
        ProductRoutes(api: self).add(to: v1)
        DashboardRoutes(api: self).add(to: v1)

        ContractRoutes(pages: contract).add(to: router)
        DemoRoutes(pages: demo).add(to: router)
        PayRoutes(pages: pay).add(to: router)
        DashboardPageRoutes(
            api: self, pages: dashboard, sessions: DashboardSessions(store: apiKeys, database: database), messages: demo
        ).add(to: router)
    }

    /// How browsers reach this service.
    var publicBaseURL: String { settings.publicBaseURL }

    /// How far away the turn of a call may be that anybody's page can cause. A storefront's own calls and the worker's,
    /// which wait longer, so find a place however many of those come.
    private static let longestPageQueue = Duration.seconds(1)

    /// Stripe, for one request.
    /// - Parameter patience: how long it may take, where that is less than any request may.
    func stripe(for caller: Caller, _ logger: Logger, within patience: Duration? = nil) -> StripeAccess {
        StripeAccess(
            client: stripe, database: database, tenants: tenants, scope: caller.scope, attempts: attempts,
            deadline: .now + min(patience ?? settings.patience, settings.patience),
            longestQueue: caller.isPublishable ? Self.longestPageQueue : nil, logger: logger)
    }
}
