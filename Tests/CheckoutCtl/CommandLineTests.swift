import ArgumentParser
import Commerce
import Database
import Testing

@testable import CheckoutCtl

@Suite struct CommandLineTests {
    private let create = ["tenant", "create", "--name", "A", "--stripe-publishable-key", "pk_test_1"]

    private func exitCode(_ arguments: [String]) -> Int32? {
        do {
            _ = try CheckoutCommand.parseAsRoot(arguments)
            return nil
        } catch {
            return CheckoutCommand.exitCode(for: error).rawValue
        }
    }

    @Test func `webhook secrets and origins are given after one flag or several`() throws {
        let arguments =
            create + [
                "--webhook-secret", "whsec_1", "whsec_2", "--origin", "https://a.example", "--origin",
                "https://b.example",
                "--stripe-secret-key", "-", "--json",
            ]
        let command = try #require(try CheckoutCommand.parseAsRoot(arguments) as? TenantCreateCommand)
        #expect(command.webhookSecret == ["whsec_1", "whsec_2"])
        #expect(command.origin == ["https://a.example", "https://b.example"])
        #expect(command.stripeSecretKey == "-")
        #expect(command.mode == .test)
        #expect(command.common.json)
    }

    @Test(arguments: [
        ["nonsense"], ["tenant", "list", "--limit", "0"], ["tenant", "list", "--limit", "1001"],
        ["tenant", "list", "--limit", "many"], ["tenant", "create", "--name", "A"], ["tenant", "show"],
        ["orders", "list", "--status", "eaten"], ["orders", "list", "--since", "yesterday"],
        ["events", "list", "--state", "eaten"], ["key", "create", "ten_1", "--scope", "everything"],
        ["key", "create", "ten_1", "--expires-in", "soon"],
        ["key", "create", "ten_1", "--expires-in", "1d", "--expires-at", "2030-01-01"],
        ["key", "roll", "ten_1", "key_1", "--overlap", "-1h"],
    ])
    func `bad usage ends with 64`(_ arguments: [String]) {
        #expect(exitCode(arguments) == 64)
    }

    @Test func `a secret of one's own and a registered one exclude each other`() {
        #expect(exitCode(create + ["--register-webhook", "--webhook-secret", "whsec_1"]) == 64)
        #expect(exitCode(create + ["--register-webhook"]) == nil)
        #expect(exitCode(create + ["--mode", "sandbox"]) == 64)
    }

    @Test(arguments: [["tenant", "list"], ["key", "list", "ten_1"], ["orders", "list"]])
    func `a list takes up to a thousand rows and where to go on`(_ command: [String]) throws {
        #expect(exitCode(command + ["--limit", "1000", "--starting-after", "x_1", "--json"]) == nil)
    }

    @Test func `flags become settings, and only those that were given`() throws {
        let arguments = ["migrate", "--database-url", "sqlite:x.db", "--webhook-base-url", "https://hooks.example"]
        let command = try #require(try CheckoutCommand.parseAsRoot(arguments) as? MigrateCommand)
        let environment = ["WEBHOOK_BASE_URL": "https://other.example", "STRIPE_API_BASE": "http://127.0.0.1:1"]
        let settings = try Settings(command.common.settings, environment: environment)
        #expect(settings.database == .sqlite(path: "x.db"))
        #expect(settings.webhookURL("we_1") == "https://hooks.example/webhooks/stripe/we_1")
        #expect(settings.stripeAPIBase == "http://127.0.0.1:1")
        #expect(settings.keys == nil)
    }

    @Test(arguments: [
        "http://shop.example.com/hook", "https://10.0.0.5/hook", "https://127.1/", "https://shop.internal/",
        "https://user:word@shop.example.com/", "shop.example.com",
    ])
    func `a fulfillment URL that no delivery would go to is bad usage`(_ url: String) throws {
        let settings = try Settings(try SettingsOptions.parse([]), environment: [:])
        #expect {
            try settings.check(fulfillmentURL: url)
        } throws: { error in
            let failure = CommandFailure(error)
            return failure.exitCode.rawValue == 64 && failure.message.hasPrefix("--fulfillment-url: ")
        }
    }

    @Test(arguments: [nil, "", "https://shop.example.com/hook"])
    func `one that may be called, or none, is taken`(_ url: String?) throws {
        try Settings(try SettingsOptions.parse([]), environment: [:]).check(fulfillmentURL: url)
    }

    @Test(arguments: [([], ["ALLOW_PRIVATE_DESTINATIONS": "true"]), (["--allow-private-destinations"], [:])])
    func `in development private addresses are taken`(_ flags: [String], _ environment: [String: String]) throws {
        let settings = try Settings(try SettingsOptions.parse(flags), environment: environment)
        try settings.check(fulfillmentURL: "http://127.0.0.1:9/hook")
        #expect(throws: CommandFailure.self) { try settings.check(fulfillmentURL: "http://169.254.169.254/") }
    }

    @Test func `in an update an empty text takes away, and nothing given keeps`() {
        func word(_ change: FieldChange<String>) -> String {
            switch change {
            case .keep: "keep"
            case .clear: "clear"
            case .set(let value): value
            }
        }
        #expect([nil, "", "acct_1"].map { word(TenantUpdateCommand.change($0)) } == ["keep", "clear", "acct_1"])
    }
}
