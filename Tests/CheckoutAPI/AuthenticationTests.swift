import Commerce
import NIOHTTP1
import Security
import TestSupport
import Testing

@testable import CheckoutAPI

@Suite struct AuthenticationTests {
    @Test func `without a valid key there is nothing to see, and why is not told`() async throws {
        try await withAPI { api in
            let key = api.secretKey.exposed
            let headers: [String?] = [
                nil, "", "Bearer", "Bearer ", key, "Basic \(key)", "Token \(key)", "Bearer \(key)x",
                "Bearer \(key.dropLast())", "Bearer ck_live_\(key.dropFirst(8))", "Bearer sk_test_AcmeHIDDEN",
                "Bearer \(key) \(key)", "Bearer '", "Bearer ck_test_\(String(repeating: "A", count: 5000))",
            ]
            for header in headers {
                let list = header.map { [("Authorization", $0)] } ?? []
                for (method, path) in Self.routes {
                    let answer = try await api.send(api.request(method, path, key: nil, headers: list))
                    #expect(answer.failure == Failure(401, "authentication_error", "api_key_invalid"))
                    #expect(answer[header: "WWW-Authenticate"] == "Bearer")
                    #expect(!answer.body.contains(key))
                }
            }
        }
    }

    private static let routes: [(HTTPMethod, String)] = [
        (.POST, "/v1/payment_intents"), (.GET, "/v1/orders"), (.GET, "/v1/orders/ord_1"),
        (.GET, "/v1/orders/ord_1/history"), (.GET, "/v1/orders/ord_1/stream"), (.POST, "/v1/orders/ord_1/cancel"),
        (.GET, "/v1/catalog_items"), (.POST, "/v1/catalog_items"), (.DELETE, "/v1/catalog_items/tea"),
    ]

    @Test func `the scheme's case does not matter`() async throws {
        try await withAPI { api in
            for scheme in ["Bearer", "bearer", "BEARER", "Bearer "] {
                let header = ("Authorization", "\(scheme) \(api.secretKey.exposed)")
                let answer = try await api.send(api.request(.GET, "/v1/orders", key: nil, headers: [header]))
                #expect(answer.status == 200)
            }
        }
    }

    @Test(arguments: Engine.all)
    func `a key that was revoked or has expired is as good as none`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            let id = api.tenant.tenant.id
            let revoked = try await api.apiKeys.create(for: id, kind: .secret)
            let expiring = try await api.apiKeys.create(for: id, kind: .secret, expiresAt: .after(.seconds(60)))
            for key in [revoked, expiring] {
                let answer = try await api.get("/v1/orders", key: key.secret)
                #expect(answer.status == 200)
            }
            _ = try await api.apiKeys.revoke(revoked.key.id, of: id)
            try await api.test.advance(by: .seconds(61))
            for key in [revoked, expiring] {
                let answer = try await api.get("/v1/orders", key: key.secret)
                #expect(answer.failure == Failure(401, "authentication_error", "api_key_invalid"))
            }
        }
    }

    @Test func `a key does what its scopes say and no more`() async throws {
        try await withAPI { api in
            let order = try await api.pay()["id"] ?? ""
            let calls: [(APIScope, HTTPMethod, String)] = [
                (.paymentsWrite, .POST, "/v1/payment_intents"), (.ordersRead, .GET, "/v1/orders"),
                (.ordersRead, .GET, "/v1/orders/\(order)"), (.ordersRead, .GET, "/v1/orders/\(order)/history"),
                (.ordersRead, .GET, "/v1/orders/\(order)/stream"), (.ordersWrite, .POST, "/v1/orders/\(order)/cancel"),
                (.catalogRead, .GET, "/v1/catalog_items"), (.catalogWrite, .POST, "/v1/catalog_items"),
                (.catalogWrite, .DELETE, "/v1/catalog_items/tea"),
            ]
            for (scope, method, path) in calls {
                let others = Set(APIScope.allCases).subtracting([scope])
                let key = try await api.apiKeys.create(for: api.tenant.tenant.id, kind: .secret, scopes: others)
                let answer = try await api.send(api.request(method, path, key: key.secret))
                #expect(answer.failure == Failure(403, "permission_error", "permission_denied"), "\(method) \(path)")
            }
        }
    }

    @Test func `a publishable key starts a checkout from the catalog, and nothing else`() async throws {
        try await withAPI { api in
            try await api.addTea()
            let key = api.publishableKey
            let items = #""items":[{"sku":"tea"}]"#
            let forbidden = [
                #"{"amount":1,"currency":"eur"}"#, #"{"amount":1999,"currency":"eur"}"#, #"{"currency":"eur"}"#,
                "{\(items),\"amount\":1}", "{\(items),\"customer\":\"cus_1\"}",
                "{\(items),\"setup_future_usage\":\"off_session\"}", "{\(items),\"capture_method\":\"manual\"}",
            ]
            for body in forbidden {
                let answer = try await api.post("/v1/payment_intents", body, key: key)
                #expect(answer.failure == Failure(403, "permission_error", "permission_denied"), "\(body)")
            }
            let nothing = try await api.post("/v1/payment_intents", "{}", key: key)
            #expect(nothing["error", "param"] == "items")
            #expect(api.stripe.calls.isEmpty)

            let order = try await api.pay()["id"] ?? ""
            for (method, path) in [
                (HTTPMethod.GET, "/v1/orders"), (.GET, "/v1/orders/\(order)/history"), (.POST, "/v1/catalog_items"),
                (.POST, "/v1/orders/\(order)/cancel"), (.DELETE, "/v1/catalog_items/tea"),
            ] {
                let answer = try await api.send(api.request(method, path, key: key))
                #expect(answer.failure == Failure(403, "permission_error", "permission_denied"), "\(method) \(path)")
            }
        }
    }

    @Test func `a publishable key reads the order whose client secret it presents`() async throws {
        try await withAPI { api in
            let order = try await api.pay()
            let id = order["id"] ?? ""
            let secret = order["client_secret"] ?? ""
            let answer = try await api.get("/v1/orders/\(id)?client_secret=\(secret)", key: api.publishableKey)
            #expect(answer.status == 200)
            #expect(answer["id"] == id)
            #expect(answer["publishable_key"] == "pk_test_Acme12345678")

            for below in ["", "/stream"] {
                let path = "/v1/orders/\(id)\(below)"
                let without = try await api.get(path, key: api.publishableKey)
                #expect(without.failure == Failure(403, "permission_error", "client_secret_required"))
                for wrong in ["\(secret)x", String(secret.dropLast()), "pi_2_secret_HIDDEN", "%00", "+"] {
                    let answer = try await api.get("\(path)?client_secret=\(wrong)", key: api.publishableKey)
                    #expect([400, 404].contains(answer.status), "\(wrong)")
                }
                let foreign = try await api.get(
                    "\(path)?client_secret=\(secret)", key: api.other.publishableKey.secret)
                #expect(foreign.failure == Failure(404, "invalid_request_error", "resource_missing"))
            }
        }
    }
}
