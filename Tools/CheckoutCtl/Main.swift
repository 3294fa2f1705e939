import ArgumentParser

/// The operator's command line.
@main
struct CheckoutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkoutctl",
        abstract: "Set up and look into the checkout services.",
        discussion: """
            Settings are read as the services read them: a flag over the environment over an env file (--env-file PATH \
            or ENV_FILE). Exit codes: 0 done, 1 it failed, 64 bad usage.
            """,
        subcommands: [
            MigrateCommand.self, DoctorCommand.self, DashboardCommand.self, TenantCommand.self, KeyCommand.self,
            KeysCommand.self, CatalogCommand.self, OrdersCommand.self, EventsCommand.self, QueueCommand.self,
            JobsCommand.self, DatabaseCommand.self, ReconcileCommand.self,
        ])
}
