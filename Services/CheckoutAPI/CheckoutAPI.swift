import Commerce
import Database
import Hummingbird
import Logging
import Security
import ServiceRuntime
import StripeClient

/// What the API's routes work with, and which routes there are.
struct CheckoutAPI: Sendable {
    let database: Database
    let keys: KeyRing
    let stripe: StripeClient
    let watch: OrderWatch
    let apiKeys: APIKeyStore
    let tenants: TenantStore
    let runner: CallRunner
    private let demo: DemoPages
    private let contract: ContractPages
    private let settings: Settings

    struct Settings: Sendable {
        let stripeAPIBase: String
        let publicBaseURL: String
        /// See `StripeAccess.patience`.
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
        contract = try ContractPages(publicBaseURL: settings.publicBaseURL)
    }

    /// Adds everything to `router`; the health routes are the runtime's.
    func add(to router: Router<AppRequestContext>) {
        router.add(middleware: CrossOrigin(origins: RegisteredOrigins(tenants: tenants)))
        router.add(middleware: ModuleErrors())

        let v1 = router.group("/v1", context: CallerContext.self)
        v1.add(middleware: Authentication(keys: apiKeys))
        PaymentIntentRoutes(api: self).add(to: v1)
        OrderRoutes(api: self).add(to: v1)
        CatalogRoutes(api: self).add(to: v1)

        ContractRoutes(pages: contract).add(to: router)
        DemoRoutes(pages: demo).add(to: router)
    }

    /// Stripe, for one request.
    func stripe(for caller: Caller, _ logger: Logger) -> StripeAccess {
        StripeAccess(
            client: stripe, tenants: tenants, tenant: caller.tenant.id, patience: settings.patience, logger: logger)
    }
}
