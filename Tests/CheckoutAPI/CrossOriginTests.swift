import NIOHTTP1
import Synchronization
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

    @Test func `a flood of preflights reads the tenants once, and again when that is old`() async throws {
        let reads = Mutex(0)
        let gate = Gate()
        let origins = RegisteredOrigins(lifetime: .milliseconds(1)) {
            reads.withLock { $0 += 1 }
            await gate.wait()
            return [RunningAPI.origin]
        }
        let answers = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 { group.addTask { try await origins.contains(RunningAPI.origin) } }
            // One reads, all others wait for it.
            let isShared = await Result { try await eventually { origins.waiting == 19 } }
            await gate.open()
            try isShared.get()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers == Array(repeating: true, count: 20))
        #expect(reads.withLock { $0 } == 1)
        try await eventually { try await origins.contains("https://new.example") || reads.withLock { $0 } > 1 }
    }

    @Test func `a read that failed is tried again by the next`() async throws {
        let reads = Mutex(0)
        let origins = RegisteredOrigins(lifetime: .seconds(60)) {
            try reads.withLock { reads in
                reads += 1
                if reads == 1 { throw CancellationError() }
            }
            return [RunningAPI.origin]
        }
        await #expect(throws: CancellationError.self) { try await origins.contains(RunningAPI.origin) }
        #expect(try await origins.contains(RunningAPI.origin))
    }
}
