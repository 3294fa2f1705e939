import ArgumentParser

struct TenantCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tenant", abstract: "Storefronts, each with a Stripe account in one mode.",
        subcommands: [
            TenantCreateCommand.self, TenantListCommand.self, TenantShowCommand.self, TenantUpdateCommand.self,
            TenantWebhookCommand.self, TenantEmailCommand.self,
        ])
}
