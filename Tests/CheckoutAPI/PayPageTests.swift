import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Security
import TestSupport
import Testing

@testable import CheckoutAPI

@Suite struct PayPageTests {
    private func open(_ api: RunningAPI, _ order: String, _ body: String) async throws -> Answer {
        var request = api.request(.POST, "/pay/\(order)", key: nil, headers: [("Content-Type", "application/json")])
        request.body = .bytes(ByteBuffer(string: body))
        return try await api.send(request)
    }

    @Test func `the page is the same for every order, there or not`() async throws {
        try await withAPI { api in
            let id = try await api.pay()["id"] ?? ""
            let page = try await api.send(api.request(.GET, "/pay/\(id)", key: nil))
            #expect(page.status == 200)
            #expect(page[header: "Content-Type"] == "text/html; charset=utf-8")
            #expect(page[header: "Cache-Control"] == "no-store")
            #expect(page[header: "Content-Security-Policy"]?.contains("default-src 'none'") == true)
            #expect(page.body.contains("http://\(api.stripeAddress)/js/v3/"))
            #expect(!page.body.contains(id))
            let other = try await api.send(api.request(.GET, "/pay/ord_none", key: nil))
            #expect(other.body == page.body)
        }
    }

    @Test(arguments: Engine.all)
    func `who has the client secret sees what is to be paid, and nothing of the buyer`(
        on engine: Engine
    ) async throws {
        try await withAPI(on: engine) { api in
            let id =
                try await api.pay(
                    #"{"amount":1999,"currency":"eur","customer_email":"jenny@example.com","metadata":{"a":"b"}}"#)[
                    "id"] ?? ""
            let answer = try await open(api, id, #"{"client_secret":"\#(FakeStripe.secret(of: "pi_1"))"}"#)
            #expect(answer.status == 200)
            #expect(answer[header: "Cache-Control"] == "no-store")
            #expect(answer["object"] == "payment_page")
            #expect(answer["shop"] == "Acme")
            #expect(answer["order"] == id)
            #expect(answer["status"] == "pending")
            #expect(answer["amount"] == "1999")
            #expect(answer["currency"] == "eur")
            #expect(answer["publishable_key"] == "pk_test_Acme12345678")
            for hidden in ["jenny", "metadata", "HIDDEN"] { #expect(!answer.body.contains(hidden)) }
        }
    }

    @Test func `a wrong secret tells no more than an order that is not there`() async throws {
        try await withAPI { api in
            let id = try await api.pay()["id"] ?? ""
            _ = try await api.pay()
            let other = FakeStripe.secret(of: "pi_2")
            let missing = Failure(404, "invalid_request_error", "resource_missing")
            for (order, secret) in [(id, other), (id, "x"), ("ord_00000000000000000000000000", other), ("x", other)] {
                let answer = try await open(api, order, #"{"client_secret":"\#(secret)"}"#)
                #expect(answer.failure == missing)
                #expect(answer["error", "message"] == "No such order.")
            }
            #expect(try await open(api, id, "{}").status == 400)
            #expect(try await open(api, id, #"{"client_secret":1}"#).status == 400)
            #expect(try await open(api, id, #"{"secret":"x"}"#)["error", "param"] == "secret")
        }
    }
}
