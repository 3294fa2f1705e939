import ArgumentParser
import Commerce
import Database
import Foundation
import Messaging
import Security
import ServiceRuntime
import TestSupport
import Testing

@testable import CheckoutCtl

@Suite struct FulfillmentURLTests {
    private func session(_ place: TestDatabase) throws -> Session {
        let keys = "k1:" + Data(repeating: 7, count: 32).base64EncodedString()
        let settings = try Settings(try SettingsOptions.parse([]), environment: ["CHECKOUT_MASTER_KEYS": keys])
        return Session(
            settings: settings, database: place.database, output: Output(json: true), logger: Session.logger)
    }

    private func isRefusal(_ error: any Error) -> Bool {
        CommandFailure(error).message.hasPrefix("--fulfillment-url: ")
    }

    @Test(arguments: Engine.all)
    func `neither a new tenant nor a changed one gets a URL that deliveries refuse`(on engine: Engine) async throws {
        try await withDatabase(on: engine, migrations: Schema.migrations) { place in
            let session = try session(place)
            let tenants = TenantStore(database: place.database, keys: try session.keys)
            let refused = "https://10.0.0.5/hook"
            let create = try TenantCreateCommand.parse([
                "--name", "Shop", "--stripe-secret-key", "sk_test_12345678", "--stripe-publishable-key",
                "pk_test_12345678", "--fulfillment-url", refused,
            ])
            await #expect {
                try await create.run(in: session)
            } throws: {
                isRefusal($0)
            }
            #expect(try await tenants.list(PageRequest(limit: 10, maximum: 10)).data.isEmpty)

            let made = try await tenants.create(
                NewTenant(
                    name: "Shop", stripeSecretKey: Secret("sk_test_12345678"), stripePublishableKey: "pk_test_12345678",
                    fulfillmentURL: "https://shop.example.com/hook"))
            let update = try TenantUpdateCommand.parse([made.tenant.id.rawValue, "--fulfillment-url", refused])
            await #expect {
                try await update.run(in: session)
            } throws: {
                isRefusal($0)
            }
            let kept = try await tenants.get(made.tenant.id)
            #expect(kept?.fulfillmentURL == "https://shop.example.com/hook")
        }
    }
}
