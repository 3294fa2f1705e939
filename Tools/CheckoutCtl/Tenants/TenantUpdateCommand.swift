import ArgumentParser
import Commerce
import Security

struct TenantUpdateCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Change a tenant's settings; what is not named stays.",
        discussion: "An empty text takes away --stripe-account, --fulfillment-url or the origins.")

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

    func run(in session: Session) async throws {
        let keys = try session.keys
        try session.settings.check(fulfillmentURL: fulfillmentUrl)
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
        update.origins = origin.isEmpty ? nil : origin.filter { !$0.isEmpty }
        return update
    }

    static func change(_ given: String?) -> FieldChange<String> {
        switch given {
        case nil: .keep
        case "": .clear
        case let value?: .set(value)
        }
    }
}
