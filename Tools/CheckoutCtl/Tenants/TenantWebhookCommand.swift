import ArgumentParser
import Commerce

struct TenantWebhookCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webhook", abstract: "The secrets that Stripe signs a tenant's events with.",
        subcommands: [AddSecretCommand.self, RemoveSecretCommand.self, RollWebhookCommand.self])
}

struct AddSecretCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "add-secret", abstract: "Accept events that are signed with this secret.",
        discussion: "The secrets that are there go on counting; Stripe signs with both while one is rolled.")

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("The tenant's id.", valueName: "ten_…")) var tenant: String

    @Argument(help: ArgumentHelp("As Stripe's page shows it; '-' reads it from standard input.", valueName: "whsec_…"))
    var secret: String?

    @Option(help: ArgumentHelp("When the other secrets stop counting: 24h, 90m.", valueName: "span"))
    var othersExpireIn: Span?

    func run(in session: Session) async throws {
        let store = WebhookEndpointStore(database: session.database, keys: try session.keys)
        let tenant = try await session.tenant(tenant)
        let secret = try SecretInput().required(secret, "whsec_…", variable: "STRIPE_WEBHOOK_SECRET")
        _ = try await store.addSecret(secret, of: tenant.id, othersExpireAfter: othersExpireIn?.duration)
        let view = try await session.view(of: tenant)
        try session.output.print(view.json, view.text)
    }
}

struct RemoveSecretCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove-secret", abstract: "Refuse what is signed with this secret, from now on.")

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("The tenant's id.", valueName: "ten_…")) var tenant: String

    @Option(help: ArgumentHelp("The secret's last four characters, or more.", valueName: "last4"))
    var ending: String

    func run(in session: Session) async throws {
        let store = WebhookEndpointStore(database: session.database, keys: try session.keys)
        let tenant = try await session.tenant(tenant)
        _ = try await store.removeSecret(ending: ending, of: tenant.id)
        let view = try await session.view(of: tenant)
        try session.output.print(view.json, view.text)
    }
}
