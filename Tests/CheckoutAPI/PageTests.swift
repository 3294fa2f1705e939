import Commerce
import Database
import Foundation
import Hummingbird
import NIOHTTP1
import Security
import ServiceRuntime
import TestSupport
import Testing

@testable import CheckoutAPI

@Suite struct PageTests {
    @Test func `the demo page has what its script needs, and a key that works`() async throws {
        try await withAPI { api in
            try await api.addTea()
            let page = try await api.send(api.request(.GET, "/demo/\(api.tenant.tenant.id)", key: nil))
            #expect(page.status == 200)
            #expect(page[header: "Content-Type"] == "text/html; charset=utf-8")
            #expect(page[header: "Cache-Control"] == "no-store")
            #expect(page[header: "X-Content-Type-Options"] == "nosniff")
            #expect(page.body.contains("Acme"))
            #expect(page.body.contains("data-tenant-id=\"\(api.tenant.tenant.id)\""))
            #expect(page.body.contains("http://\(api.stripeAddress)/js/v3/"))
            let key = try #require(page.body.firstMatch(of: /cpk_test_[0-9A-Za-z]+/)).output
            let catalog = try await api.get("/v1/catalog_items", key: .init(String(key)))
            #expect(catalog.ids == ["tea"])

            // One key serves for half its life, and works for all of it.
            let second = try await api.send(api.request(.GET, "/demo/\(api.tenant.tenant.id)", key: nil))
            #expect(second.body.contains(key))
            try await api.test.advance(by: .seconds(3599))
            let late = try await api.get("/v1/catalog_items", key: .init(String(key)))
            #expect(late.status == 200)
            try await api.test.advance(by: .seconds(2))
            let tooLate = try await api.get("/v1/catalog_items", key: .init(String(key)))
            #expect(tooLate.status == 401)
        }
    }

    @Test func `demo pages that are loaded at once share one key`() async throws {
        try await withAPI { api in
            let keys = try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<10 {
                    group.addTask {
                        let page = try await api.send(api.request(.GET, "/demo/\(api.tenant.tenant.id)", key: nil))
                        return page.body.firstMatch(of: /cpk_test_[0-9A-Za-z]+/).map { String($0.output) }
                    }
                }
                return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
            }
            #expect(keys.count == 1)
            let rows = try await api.apiKeys.list(of: api.tenant.tenant.id)
            #expect(rows.filter { $0.note == "demo storefront" }.count == 1)
        }
    }

    @Test(arguments: Engine.all)
    func `a new demo key takes the place of those that expired, and of no other key`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            let tenant = api.tenant.tenant.id
            func page() async throws {
                // As another process would.
                let keys = DemoKeys(store: api.apiKeys, database: api.database)
                _ = try await keys.key(for: tenant)
            }
            _ = try await api.apiKeys.create(
                for: tenant, kind: .publishable, expiresAt: .after(.seconds(5)), note: "their own")
            let before = try await api.apiKeys.list(of: tenant).count
            try await page()
            try await api.test.advance(by: .seconds(3599))
            try await page()
            #expect(try await api.apiKeys.list(of: tenant).count == before + 2)
            try await api.test.advance(by: .seconds(2))
            try await page()
            let notes = try await api.apiKeys.list(of: tenant).map(\.note)
            #expect(notes.count == before + 2)
            #expect(notes.contains("their own"))
        }
    }

    @Test func `only test-mode tenants have a demo page`() async throws {
        try await withAPI { api in
            for id in [api.live.tenant.id.description, "ten_00000000000000000000000000", "x", "%00", "ten_%00"] {
                let page = try await api.send(api.request(.GET, "/demo/\(id)", key: nil))
                #expect(page.status == 404)
                #expect(page[header: "Content-Type"] == "text/html; charset=utf-8")
                #expect(page.body.contains("No demo here"))
                #expect(!page.body.contains("cpk_"))
            }
        }
    }

    @Test(arguments: [
        (
            "https://api.stripe.com", "https://js.stripe.com/v3/",
            "default-src 'none'; script-src 'self' https://js.stripe.com https://*.js.stripe.com; style-src 'self'; "
                + "img-src 'self' data:; connect-src 'self' https://api.stripe.com; frame-src https://js.stripe.com "
                + "https://*.js.stripe.com https://hooks.stripe.com; form-action 'self'; base-uri 'none'; "
                + "frame-ancestors 'none'"
        ),
        (
            "http://127.0.0.1:12111", "http://127.0.0.1:12111/js/v3/",
            "default-src 'none'; script-src 'self' http://127.0.0.1:12111; style-src 'self'; img-src 'self' data:; "
                + "connect-src 'self' http://127.0.0.1:12111; frame-src http://127.0.0.1:12111; form-action 'self'; "
                + "base-uri 'none'; frame-ancestors 'none'"
        ),
    ])
    func `the page may load Stripe's script and nothing else`(base: String, script: String, policy: String) {
        let stripe = StripeJS(apiBase: base)
        #expect(stripe.script == script)
        #expect(stripe.contentSecurityPolicy == policy)
        #expect(stripe.isSandbox == (base != "https://api.stripe.com"))
    }

    @Test func `every script and style of the pages is served, and asked for again by its tag`() async throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Services/CheckoutAPI/Pages").standardized
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".js") || $0.hasSuffix(".css") }
        #expect(!files.isEmpty)
        try await withAPI { api in
            for file in files {
                let answer = try await api.send(api.request(.GET, "/assets/\(file)", key: nil))
                #expect(answer.status == 200, "\(file)")
                #expect(answer.body == (try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)))
                #expect(
                    answer[header: "Content-Type"]
                        == (file.hasSuffix(".js") ? "text/javascript; charset=utf-8" : "text/css; charset=utf-8"))
                #expect(answer[header: "Cache-Control"] == "no-cache")
                let tag = try #require(answer[header: "ETag"])
                for held in [tag, "W/\(tag)", "\"x\", \(tag)", "*"] {
                    let again = try await api.send(
                        api.request(.GET, "/assets/\(file)", key: nil, headers: [("If-None-Match", held)]))
                    #expect(again.status == 304)
                    #expect(again.body.isEmpty)
                    #expect(again[header: "ETag"] == tag)
                }
            }
            for path in ["/assets/../Main.swift", "/assets/demo.html", "/assets/", "/assets/x.js"] {
                let answer = try await api.send(api.request(.GET, path, key: nil))
                #expect(answer.status == 404)
            }
        }
    }

    @Test func `the contract names every route, and no other`() async throws {
        try await withAPI { api in
            let contract = try await api.send(api.request(.GET, "/openapi.yaml", key: nil))
            #expect(contract.status == 200)
            #expect(contract[header: "Content-Type"] == "application/yaml; charset=utf-8")
            let docs = try await api.send(api.request(.GET, "/docs", key: nil))
            #expect(docs.status == 200)
            #expect(docs.body.contains("curl http://api.example/v1/payment_intents"))
            #expect(!docs.body.contains("{{"))

            let declared = Self.operations(contract.body)
            let built = Set(
                api.routes.filter { !$0.hasPrefix("GET /assets/") && !$0.hasPrefix("HEAD ") })
            #expect(declared.subtracting(["GET /healthz", "GET /readyz", "GET /metrics"]) == built)
            for operation in declared {
                let path = operation.split(separator: " ")[1]
                #expect(docs.body.contains(path.replacing("{tenant}", with: "{tenant}")), "\(operation)")
            }
        }
    }

    /// `GET /v1/orders` and so on, from the indentation of the paths.
    private static func operations(_ yaml: String) -> Set<String> {
        var found: Set<String> = []
        var path = ""
        for line in yaml.split(separator: "\n") {
            if line.hasPrefix("components:") { break }
            if let match = line.wholeMatch(of: #/  (/\S*):/#) { path = String(match.1) }
            if let match = line.wholeMatch(of: #/    (get|post|delete|put|patch):/#) {
                found.insert("\(match.1.uppercased()) \(path)")
            }
        }
        return found
    }

    @Test func `paths and methods that do not exist are told apart`() async throws {
        try await withAPI { api in
            let unknown = try await api.get("/v1/nothing")
            #expect(unknown.failure == Failure(404, "invalid_request_error", "unknown_route"))
            let wrong = try await api.delete("/v1/orders")
            #expect(wrong.failure == Failure(405, "invalid_request_error", "method_not_allowed"))
            #expect(wrong[header: "Allow"] == "GET, HEAD")
            for path in ["/healthz", "/readyz", "/metrics"] {
                let answer = try await api.send(api.request(.GET, path, key: nil))
                #expect(answer.status == 200)
            }
        }
    }
}
