import ArgumentParser
import Commerce
import Security

struct TenantUpdateCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Change a tenant's settings; what is not named stays.",
        discussion: "An empty text takes away what is optional: --stripe-account, --fulfillment-url, the origins …")

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("Its id.", valueName: "ten_…")) var tenant: String

    @Option(help: "What people call it.")
    var name: String?

    @Option(help: "A tenant's mode never changes; this is here to say so.")
    var mode: TenantMode?

    @Option(help: ArgumentHelp("sk_… or rk_…, or '-' for standard input.", valueName: "key"))
    var stripeSecretKey: String?

    @Option(help: ArgumentHelp("pk_… of the account.", valueName: "key"))
    var stripePublishableKey: String?

    @Option(help: ArgumentHelp("The connected account.", valueName: "acct_…"))
    var stripeAccount: String?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("A further signing secret of the webhook endpoint, or '-'.", valueName: "whsec_…"))
    var webhookSecret: [String] = []

    @Flag(help: "Make the webhook endpoint at Stripe, or point the one there at this WEBHOOK_BASE_URL.")
    var registerWebhook = false

    @Option(
        help: ArgumentHelp("Where orders are delivered; also enables a disabled destination again.", valueName: "url"))
    var fulfillmentUrl: String?

    @Option(
        parsing: .upToNextOption, help: ArgumentHelp("The origins that may call the API from a page.", valueName: "url")
    )
    var origin: [String] = []

    @Option(help: ArgumentHelp("What the platform keeps of each payment, in percent: 2.5.", valueName: "percent"))
    var applicationFee: String?

    @Option(help: ArgumentHelp("Calls to Stripe a second, all programs together (default 25).", valueName: "number"))
    var stripeRate: String?

    @Option(help: ArgumentHelp("The sender of its emails (default EMAIL_FROM).", valueName: "address"))
    var emailFrom: String?

    @Option(help: ArgumentHelp("The sender's name (default the tenant's).", valueName: "name"))
    var emailName: String?

    func run(in session: Session) async throws {
        let keys = try session.keys
        try session.settings.check(fulfillmentURL: fulfillmentUrl)
        try SenderAddress.check(emailFrom)
        let old = try await session.tenant(tenant)
        if let mode, mode.rawValue != old.mode {
            throw CommandFailure.usage(
                "--mode: \(old.id) is in \(old.mode) mode, and a tenant's mode never changes; make another tenant.")
        }
        let input = SecretInput()
        let update = try self.update(input)
        let secrets = try webhookSecret.compactMap { try input.optional($0, "--webhook-secret") }
        let changed = try await TenantStore(database: session.database, keys: keys).update(old.id, update)
        let endpoints = WebhookEndpointStore(database: session.database, keys: keys)
        for secret in secrets {
            _ = try await endpoints.addSecret(secret, of: old.id)
        }
        if registerWebhook {
            _ = try await WebhookRegistration(session, keys: keys).register(changed)
        }
        let view = try await session.view(of: changed)
        try session.output.print(view.json, view.text)
    }

    private func update(_ input: SecretInput) throws -> TenantUpdate {
        var update = TenantUpdate()
        update.name = name
        // Not from the environment: a variable left over from another tenant must not change this one.
        update.stripeSecretKey = try input.optional(stripeSecretKey, "--stripe-secret-key")
        update.stripePublishableKey = stripePublishableKey
        update.stripeAccount = Self.change(stripeAccount)
        update.fulfillmentURL = Self.change(fulfillmentUrl)
        update.applicationFeeBps = try Self.change(applicationFee, "--application-fee") {
            Percent(argument: $0)?.basisPoints
        }
        update.stripeRate = try Self.change(stripeRate, "--stripe-rate") { Int64($0) }
        update.emailFrom = Self.change(emailFrom)
        update.emailName = Self.change(emailName)
        update.origins = origin.isEmpty ? nil : origin.filter { !$0.isEmpty }
        return update
    }

    static func change(
        _ given: String?, _ option: String, _ read: (String) -> Int64?
    ) throws -> FieldChange<Int64> {
        guard let given else { return .keep }
        if given.isEmpty { return .clear }
        guard let value = read(given) else { throw CommandFailure.usage("\(option): '\(given)' is not a number.") }
        return .set(value)
    }

    static func change(_ given: String?) -> FieldChange<String> {
        switch given {
        case nil: .keep
        case "": .clear
        case let value?: .set(value)
        }
    }
}
