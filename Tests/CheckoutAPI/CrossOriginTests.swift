import NIOHTTP1
import TestSupport
import Testing

@testable import CheckoutAPI

@Suite struct CrossOriginTests {
    @Test func `a preflight is granted to the origins of tenants, and to no others`() async throws {
        try await withAPI { api in
            for path in ["/v1/payment_intents", "/v1/orders/ord_1/stream", "/nowhere"] {
                for (origin, isGranted) in [
                    (RunningAPI.origin, true), ("https://other.example", true), ("https://evil.example", false),
                    ("null", false), ("https://shop.example.evil.example", false), ("http://shop.example", false),
                ] {
                    let answer = try await api.send(
                        api.request(
                            .OPTIONS, path, key: nil,
                            headers: [
                                ("Origin", origin), ("Access-Control-Request-Method", "POST"),
                                ("Access-Control-Request-Headers", "authorization,content-type,idempotency-key"),
                            ]))
                    #expect(answer.status == 204)
                    #expect(answer[header: "Vary"] == "Origin")
                    #expect(answer[header: "Access-Control-Allow-Origin"] == (isGranted ? origin : nil))
                    #expect(
                        answer[header: "Access-Control-Allow-Headers"]
                            == (isGranted ? "Authorization, Content-Type, Idempotency-Key" : nil))
                }
            }
        }
    }

    @Test func `an answer is for the tenant's own origins, an error's too`() async throws {
        try await withAPI { api in
            for (origin, isGranted) in [
                (RunningAPI.origin, true), ("https://other.example", false), ("https://evil.example", false),
            ] {
                for path in ["/v1/orders", "/v1/orders/ord_1"] {
                    let answer = try await api.get(path, headers: [("Origin", origin)])
                    #expect(answer[header: "Vary"] == "Origin")
                    #expect(answer[header: "Access-Control-Allow-Origin"] == (isGranted ? origin : nil))
                    #expect((answer[header: "Access-Control-Expose-Headers"] != nil) == isGranted)
                }
            }
            let unknown = try await api.send(
                api.request(.GET, "/v1/orders", key: nil, headers: [("Origin", RunningAPI.origin)]))
            #expect(unknown.status == 401)
            #expect(unknown[header: "Access-Control-Allow-Origin"] == nil)
            let plain = try await api.get("/v1/orders")
            #expect(plain[header: "Access-Control-Allow-Origin"] == nil)
            #expect(plain[header: "Vary"] == "Origin")
        }
    }
}
