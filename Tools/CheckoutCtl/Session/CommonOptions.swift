import ArgumentParser
import ServiceRuntime

/// What every command takes.
struct CommonOptions: ParsableArguments {
    @Flag(help: "Print JSON instead of text for people.")
    var json = false

    @OptionGroup(title: "Settings")
    var settings: SettingsOptions
}

/// The settings that commands run with, as flags under the names that the services use.
struct SettingsOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A file of NAME=value lines, read beneath the environment.", valueName: "path"))
    var envFile: String?

    @Option(help: ArgumentHelp("sqlite:PATH or postgres://… (DATABASE_URL).", valueName: "url"))
    var databaseUrl: String?

    @Option(help: ArgumentHelp("Where Stripe's API is (STRIPE_API_BASE).", valueName: "url"))
    var stripeApiBase: String?

    @Option(help: ArgumentHelp("How Stripe reaches the webhook router (WEBHOOK_BASE_URL).", valueName: "url"))
    var webhookBaseUrl: String?

    @Flag(help: "Let deliveries go to private addresses (ALLOW_PRIVATE_DESTINATIONS).")
    var allowPrivateDestinations = false

    @Option(
        help: ArgumentHelp(
            "id:base64(32 bytes),… (CHECKOUT_MASTER_KEYS). Others see it in the list of processes: the environment "
                + "or an env file keeps it hidden.", valueName: "keys"))
    var checkoutMasterKeys: String?

    /// Those that were given, as the settings reader takes them.
    private var arguments: [String] {
        let given = [
            ("--env-file", envFile), ("--database-url", databaseUrl), ("--stripe-api-base", stripeApiBase),
            ("--webhook-base-url", webhookBaseUrl), ("--checkout-master-keys", checkoutMasterKeys),
        ]
        return ["checkoutctl"] + given.flatMap { name, value in value.map { [name, $0] } ?? [] }
            + (allowPrivateDestinations ? ["--allow-private-destinations"] : [])
    }

    func reader(environment: [String: String]) -> SettingsReader {
        SettingsReader(arguments: arguments, environment: environment)
    }
}
