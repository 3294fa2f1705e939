import Commerce
import Database
import Messaging
import Security
import StripeModels
import TestSupport
import Testing

@Suite struct SealedColumnsTests {
    @Test(arguments: Engine.all)
    func `no table holds a secret in plain text`(on engine: Engine) async throws {
        try await withShop(on: engine, fulfillmentURL: "https://shop.example") { shop in
            let webhook = Secret("whsec_plain_webhook_secret")
            let endpoints = WebhookEndpointStore(database: shop.database, keys: shop.keys)
            _ = try await endpoints.addSecret(webhook, of: shop.tenant.id)
            let order = try await shop.order()
            let client = Secret("pi_1_secret_plaintext")
            let store = IdempotencyStore(keys: shop.keys)
            let request = try IdempotentRequest(
                scope: shop.scope, key: "k", credential: .secret, method: "POST", path: "/", body: [])
            try await shop.database.write { connection in
                _ = try OrderStore.attachPaymentIntent(
                    "pi_1", clientSecret: client, to: order.id, for: order.scope, keys: shop.keys, in: connection)
                guard case .proceed(let lock, _) = try store.begin(request, in: connection) else { return }
                try store.finish(lock, status: 201, body: #"{"client_secret":"\#(client.exposed)"}"#, in: connection)
                let paid = try OrderStore.apply(
                    intent("succeeded"), .read, to: order.id, for: order.scope, cause: OrderCause("x"), in: connection)
                _ = try Fulfillment.follow(paid, in: connection)
            }
            let secrets = [
                Secret("sk_test_secretsecret1234"), shop.created.fulfillmentSecret, webhook, client,
                shop.created.secretKey.secret, shop.created.publishableKey.secret,
            ]
            let cells = try await shop.database.read { try Self.cells(in: $0) }
            #expect(cells.contains { $0.text.contains(shop.tenant.id.rawValue) }, "the scan reads nothing")
            for secret in secrets {
                let found = cells.filter { $0.text.contains(secret.exposed) }.map(\.column)
                #expect(found.isEmpty, "in \(found)")
            }
        }
    }

    /// Every text of every table.
    private static func cells(in connection: Connection) throws -> [(column: String, text: String)] {
        let tables =
            switch connection.dialect {
            case .sqlite: "SELECT name FROM sqlite_master WHERE type = 'table'"
            case .postgres:
                "SELECT CAST(tablename AS TEXT) AS name FROM pg_tables WHERE schemaname = current_schema()"
            }
        return try connection.rows(tables).flatMap { table in
            let name: String = try table.get("name")
            return try connection.rows("SELECT * FROM \(name)").flatMap { row in
                row.cells.compactMap { cell in
                    if case .text(let text) = cell.value { ("\(name).\(cell.name)", text) } else { nil }
                }
            }
        }
    }
}
