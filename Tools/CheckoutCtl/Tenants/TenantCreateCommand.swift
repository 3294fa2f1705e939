import ArgumentParser
import Commerce
import Messaging
import Security

enum TenantMode: String, ExpressibleByArgument, CaseIterable {
    case test, live
}

struct TenantCreateCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a tenant, its webhook URL, its signing secret and its first API keys.",
        discussion: """
            Stripe's secret key may also come from STRIPE_SECRET_KEY, or from standard input for '-': what stands on a \
            command line is seen by everyone on the machine. A webhook secret may be '-' too.
            """)

    @OptionGroup var common: CommonOptions

    @Option(help: "What people call it.")
    var name: String

    @Option(help: "test or live; it never changes.")
    var mode = TenantMode.test

    @Option(help: ArgumentHelp("sk_… or rk_… of the account, or '-'.", valueName: "key"))
    var stripeSecretKey: String?

    @Option(help: ArgumentHelp("pk_… of the account.", valueName: "key"))
    var stripePublishableKey: String

    @Option(help: ArgumentHelp("The connected account, when the keys are its platform's.", valueName: "acct_…"))
    var stripeAccount: String?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "What Stripe signs this tenant's events with, or '-'; several while one is rolled.", valueName: "whsec_…"))
    var webhookSecret: [String] = []

    @Flag(help: "Make the webhook endpoint at Stripe and keep its secret.")
    var registerWebhook = false

    @Option(
        help: ArgumentHelp(
            "Where activated orders are delivered; without it an order is active once paid.", valueName: "url"))
    var fulfillmentUrl: String?

    @Option(parsing: .upToNextOption, help: ArgumentHelp("A page's origin that may call the API.", valueName: "url"))
    var origin: [String] = []

    @Option(help: ArgumentHelp("What the platform keeps of each payment, in percent: 2.5.", valueName: "percent"))
    var applicationFee: Percent?

    @Option(help: ArgumentHelp("Calls to Stripe a second, all programs together (default 25).", valueName: "number"))
    var stripeRate: Int64?

    @Option(help: ArgumentHelp("The sender of its emails (default EMAIL_FROM).", valueName: "address"))
    var emailFrom: String?

    @Option(help: ArgumentHelp("The sender's name (default the tenant's).", valueName: "name"))
    var emailName: String?

    func validate() throws {
        if registerWebhook, !webhookSecret.isEmpty {
            throw ValidationError("Give --webhook-secret or --register-webhook, not both.")
        }
    }

    func run(in session: Session) async throws {
        let keys = try session.keys
        try session.settings.check(fulfillmentURL: fulfillmentUrl)
        try SenderAddress.check(emailFrom)
        let input = SecretInput()
        var new = NewTenant(
            name: name, livemode: mode == .live,
            stripeSecretKey: try input.required(
                stripeSecretKey, "--stripe-secret-key", variable: "STRIPE_SECRET_KEY"),
            stripePublishableKey: stripePublishableKey)
        new.stripeAccount = stripeAccount
        new.fulfillmentURL = fulfillmentUrl
        new.origins = origin
        new.applicationFeeBps = applicationFee?.basisPoints
        new.stripeRate = stripeRate
        new.emailFrom = emailFrom
        new.emailName = emailName
        new.webhookSecrets = try webhookSecret.compactMap { try input.optional($0, "--webhook-secret") }

        let created = try await TenantStore(database: session.database, keys: keys).create(new)
        // First of all: what is shown once must be seen even if Stripe then refuses the endpoint.
        try session.output.print(json(created, session), text(created, session))
        if registerWebhook {
            try await register(created, keys, session)
        }
    }

    private func register(_ created: CreatedTenant, _ keys: KeyRing, _ session: Session) async throws {
        do {
            _ = try await WebhookRegistration(session, keys: keys).register(created.tenant)
        } catch {
            throw CommandFailure.failed(
                """
                \(CommandFailure(error).message)
                The tenant was made, but has no webhook endpoint at Stripe yet: when that is mended, run \
                'checkoutctl tenant update \(created.tenant.id) --register-webhook'.
                """)
        }
    }

    private func json(_ created: CreatedTenant, _ session: Session) -> JSON {
        [
            "tenant_id": .text(created.tenant.id.rawValue),
            "webhook_url": .text(session.settings.webhookURL(created.endpoint.rawValue)),
            "webhook_endpoint_id": .text(created.endpoint.rawValue),
            "api_key": .text(created.secretKey.secret.exposed),
            "publishable_api_key": .text(created.publishableKey.secret.exposed),
            "fulfillment_secret": .text(created.fulfillmentSecret.exposed),
        ]
    }

    private func text(_ created: CreatedTenant, _ session: Session) -> String {
        var details = Details()
        details.add("Tenant", "\(created.tenant.id) (\(created.tenant.name), \(mode.rawValue) mode)")
        details.add("Webhook URL", session.settings.webhookURL(created.endpoint.rawValue))
        details.add("Secret API key", created.secretKey.secret.exposed)
        details.add("Publishable API key", created.publishableKey.secret.exposed)
        details.add("Fulfillment secret", created.fulfillmentSecret.exposed)
        var lines = [details.text, "", "The keys and the secret are shown this once: keep them now."]
        if !registerWebhook, webhookSecret.isEmpty {
            lines.append(
                """
                Stripe does not know the webhook URL yet. Add it in Stripe's dashboard and hand over the secret it shows:
                  checkoutctl tenant webhook add-secret \(created.tenant.id) -
                or have it made: checkoutctl tenant update \(created.tenant.id) --register-webhook
                """)
        }
        return lines.joined(separator: "\n")
    }
}
