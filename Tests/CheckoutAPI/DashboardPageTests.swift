import AsyncHTTPClient
import Commerce
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import Security
import TestSupport
import Testing

@testable import CheckoutAPI

@Suite struct DashboardPageTests {
    /// A browser that does not follow where it is sent, so that the cookie can be looked at.
    private struct Browser {
        let api: RunningAPI
        let http: HTTPClient

        func send(
            _ method: HTTPMethod, _ path: String = "/dashboard", form: String? = nil, cookie: String? = nil,
            headers: [(String, String)] = []
        ) async throws -> Answer {
            var request = api.request(method, path, key: nil, headers: headers)
            if let form {
                request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
                request.body = .bytes(ByteBuffer(string: form))
            }
            if let cookie { request.headers.add(name: "Cookie", value: "a=b; checkout_dashboard=\(cookie)") }
            let response = try await http.execute(request, timeout: .seconds(60))
            let body = try await response.body.collect(upTo: 1 << 20)
            return Answer(status: Int(response.status.code), headers: response.headers, body: String(buffer: body))
        }

        func logIn(with key: Secret) async throws -> String {
            let answer = try await send(.POST, form: "key=\(key.exposed)")
            #expect(answer.status == 303)
            #expect(answer[header: "Location"] == "/dashboard")
            let cookie = try #require(answer[header: "Set-Cookie"])
            return try #require(cookie.firstMatch(of: /checkout_dashboard=([^;]+)/)).output.1.description
        }
    }

    private func withBrowser(
        on engine: Engine = .sqlite, _ body: @escaping @Sendable (RunningAPI, Browser) async throws -> Void
    ) async throws {
        try await withAPI(on: engine, retries: 0) { api in
            let http = HTTPClient(
                eventLoopGroup: HTTPClient.defaultEventLoopGroup,
                configuration: .init(redirectConfiguration: .disallow))
            let result = await Result { try await body(api, Browser(api: api, http: http)) }
            try await http.shutdown()
            try result.get()
        }
    }

    @Test func `over TLS the cookie is this host's alone`() throws {
        let pages = try DashboardPages(publicBaseURL: "https://checkout.example")
        let cookie = try #require(pages.enter(Secret("s")).headers[.setCookie])
        #expect(cookie.hasPrefix("__Host-checkout_dashboard=s;"))
        for part in ["Path=/;", "Secure;", "HttpOnly;"] { #expect("\(cookie);".contains(part)) }
        #expect(!cookie.contains("Domain"))
    }

    @Test(arguments: Engine.all)
    func `a secret key opens a session that shows the dashboard and ends`(on engine: Engine) async throws {
        try await withBrowser(on: engine) { api, browser in
            let form = try await browser.send(.GET)
            #expect(form.status == 200)
            #expect(form.body.contains("<form method=\"post\" action=\"/dashboard\">"))
            #expect(!form.body.contains("data-dashboard"))

            let opened = try await browser.send(.POST, form: "key=+\(api.secretKey.exposed)%0A")
            #expect(opened.status == 303)
            let cookie = try #require(opened[header: "Set-Cookie"])
            for part in ["HttpOnly", "SameSite=Strict", "Path=/;", "Max-Age=3600"] {
                #expect("\(cookie);".contains(part))
            }
            #expect(!cookie.contains("Secure"))
            #expect(!cookie.contains(api.secretKey.exposed))

            let session = try await browser.logIn(with: api.secretKey)
            let page = try await browser.send(.GET, cookie: session)
            #expect(page.status == 200)
            #expect(page.body.contains("data-dashboard"))
            #expect(page.body.contains("Acme"))
            #expect(page[header: "Cache-Control"] == "no-store")
            #expect(
                page[header: "Content-Security-Policy"]
                    == "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; "
                    + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
            #expect(!page.body.contains(session))

            // It may read the dashboard, and nothing else.
            #expect(try await api.get("/v1/orders", key: Secret(session)).status == 403)
            let out = try await browser.send(.POST, "/dashboard/logout", cookie: session)
            #expect(out.status == 303)
            #expect(out[header: "Set-Cookie"]?.contains("Max-Age=0") == true)
            let over = try await browser.send(.GET, cookie: session)
            #expect(over.body.contains("Your session has ended."))
            #expect(try await api.get("/v1/dashboard", key: Secret(session)).status == 401)
        }
    }

    @Test(arguments: Engine.all)
    func `a session ends after an hour, and with the key that opened it`(on engine: Engine) async throws {
        try await withBrowser(on: engine) { api, browser in
            let key = try await api.apiKeys.create(
                for: api.tenant.tenant.id, kind: .secret, scopes: [.dashboardRead])
            let first = try await browser.logIn(with: key.secret)
            let second = try await browser.logIn(with: api.secretKey)
            _ = try await api.apiKeys.revoke(key.key.id, of: api.tenant.tenant.id)
            #expect(!(try await browser.send(.GET, cookie: first)).body.contains("data-dashboard"))
            #expect((try await browser.send(.GET, cookie: second)).body.contains("data-dashboard"))
            try await api.test.advance(by: .seconds(3601))
            #expect(!(try await browser.send(.GET, cookie: second)).body.contains("data-dashboard"))
            // Those that are over do not pile up.
            _ = try await browser.logIn(with: api.secretKey)
            let notes = try await api.apiKeys.list(of: api.tenant.tenant.id).compactMap(\.note)
            #expect(notes.filter { $0.hasPrefix("dashboard session of") }.count == 1)
        }
    }

    @Test func `no other key opens one`() async throws {
        try await withBrowser { api, browser in
            let blind = try await api.apiKeys.create(for: api.tenant.tenant.id, kind: .secret, scopes: [.ordersRead])
            let session = try await browser.logIn(with: api.secretKey)
            let wrong = [
                api.publishableKey.exposed, blind.secret.exposed, session, "ck_test_none", "", "%00", "<script>",
            ]
            for key in wrong {
                let answer = try await browser.send(.POST, form: "key=\(key)")
                #expect(answer.status == 403)
                #expect(answer.body.contains("role=\"alert\""))
                #expect(answer[header: "Set-Cookie"] == nil)
                #expect(!answer.body.contains("<script>"))
            }
            for form in ["", "kez=x", "key"] {
                #expect(try await browser.send(.POST, form: form).status == 403)
            }
            // A key of the tenant's is no session, nor is anything else.
            for cookie in [api.secretKey.exposed, api.publishableKey.exposed, "x", "ck_test_none"] {
                #expect(!(try await browser.send(.GET, cookie: cookie)).body.contains("data-dashboard"))
            }
        }
    }

    @Test func `another site's form does nothing`() async throws {
        try await withBrowser { api, browser in
            let session = try await browser.logIn(with: api.secretKey)
            let own = "http://\(api.address)"
            let foreign: [[(String, String)]] = [
                [("Sec-Fetch-Site", "cross-site")], [("Sec-Fetch-Site", "same-site")],
                [("Origin", "https://evil.example")], [("Origin", "null")],
                [("Origin", own), ("Sec-Fetch-Site", "cross-site")],
            ]
            for headers in foreign {
                let login = try await browser.send(.POST, form: "key=\(api.secretKey.exposed)", headers: headers)
                #expect(login.status == 403)
                #expect(login[header: "Set-Cookie"] == nil)
                let logout = try await browser.send(.POST, "/dashboard/logout", cookie: session, headers: headers)
                #expect(logout.status == 403)
            }
            #expect((try await browser.send(.GET, cookie: session)).body.contains("data-dashboard"))
            for headers in [
                [("Origin", own)], [("Origin", "http://api.example")], [("Sec-Fetch-Site", "same-origin")],
            ] {
                let login = try await browser.send(.POST, form: "key=\(api.secretKey.exposed)", headers: headers)
                #expect(login.status == 303)
            }
        }
    }

    @Test func `it shows each state in words, and escapes what buyers and shops write`() async throws {
        try await withBrowser { api, browser in
            let session = try await browser.logIn(with: api.secretKey)
            let empty = try await browser.send(.GET, cookie: session)
            for text in ["No orders yet.", "No charges yet.", "Nothing yet.", "Not searched for missed webhooks yet."] {
                #expect(empty.body.contains(text))
            }
            #expect(!empty.body.contains("{{"))
            #expect(!empty.body.contains("Given up"))

            _ = try await RefundTests.paid(api)
            api.stripe.setBalance(
                #""available":[{"amount":500,"currency":"jpy"}],"pending":[{"amount":5,"currency":"eur"}]"#)
            api.stripe.addCharge("ch_1", #""description":"<b>Mug</b> & more""#)
            let full = try await browser.send(.GET, cookie: session)
            #expect(full.body.contains("&lt;b&gt;Mug&lt;/b&gt; &amp; more"))
            #expect(full.body.contains(#"JPY</th><td class="figure">500</td><td class="figure">0</td>"#))
            #expect(full.body.contains(#"EUR</th><td class="figure">0.00</td><td class="figure">0.05</td>"#))
            #expect(full.body.contains("data-status=\"active\""))

            for call in ["GET /v1/balance", "GET /v1/charges"] { api.stripe.meet(at: call, .answer(500, "{}")) }
            let away = try await browser.send(.GET, cookie: session)
            #expect(away.status == 200)
            #expect(away.body.components(separatedBy: "Stripe did not tell").count == 3)
            #expect(away.body.contains("data-status=\"active\""))
        }
    }

    @Test func `its cookie is for encrypted connections only where browsers come by them`() throws {
        let pages = try DashboardPages(publicBaseURL: "https://pay.example")
        #expect(pages.enter(Secret("x")).headers[.setCookie]?.contains("Secure") == true)
    }
}
