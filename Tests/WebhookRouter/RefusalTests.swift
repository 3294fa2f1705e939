import AsyncHTTPClient
import Commerce
import Database
import Foundation
import Messaging
import NIOCore
import NIOHTTP1
import Security
import ServiceRuntime
import StripeModels
import TestSupport
import Testing

@testable import WebhookRouter

private func signed(_ body: [UInt8], at time: Int64 = RunningRouter.now) -> String {
    WebhookSignature.header(body: body, secret: "whsec_first_secret", timestamp: time)
}

/// A delivery that must be refused, and how.
private struct Bad: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let body: [UInt8]
    let signature: String?
    let reason: Refusal
    var status = 400

    init(_ name: String, _ reason: Refusal, body: [UInt8] = event(), signature: String?, status: Int = 400) {
        testDescription = name
        self.body = body
        self.signature = signature
        self.reason = reason
        self.status = status
    }

    static let all: [Bad] = {
        let now = RunningRouter.now
        let valid = signed(event())
        var changed = event()
        changed[changed.count - 2] = UInt8(ascii: " ")
        let notUTF8 = Array(#"{"id":"evt_1","object":"event","x":""#.utf8) + [0xFF, 0xC0, 0x80] + Array(#""}"#.utf8)
        let deep = Array(String(repeating: "[", count: 100_000).utf8)
        let noID = Array(#"{"object":"event","type":"payment_intent.succeeded"}"#.utf8)
        let other = Array(#"{"id":"cus_1","object":"customer"}"#.utf8)
        let nul = event(id: #"evt_\u0000"#)
        return [
            Bad("no signature", .missingSignature, signature: nil),
            Bad("an empty signature", .malformedSignature, signature: ""),
            Bad("no time", .malformedSignature, signature: String(valid.split(separator: ",")[1])),
            Bad("no v1", .malformedSignature, signature: "t=\(now),v0=\(valid.suffix(64))"),
            Bad("a time that is none", .malformedSignature, signature: "t=+5,v1=\(valid.suffix(64))"),
            Bad("words", .malformedSignature, signature: "let me in"),
            Bad(
                "another secret", .badSignature,
                signature: WebhookSignature.header(body: event(), secret: "whsec_other_secret", timestamp: now)),
            Bad("another body", .badSignature, body: changed, signature: valid),
            Bad("an empty body", .badSignature, body: [], signature: valid),
            Bad("half a MAC", .badSignature, signature: String(valid.dropLast(32))),
            Bad("301 s old", .stale, signature: signed(event(), at: now - 301)),
            Bad("301 s ahead", .future, signature: signed(event(), at: now + 301)),
            Bad("an old one by another secret", .badSignature, signature: "t=1,v1=\(valid.suffix(64))"),
            Bad("signed bytes that are not UTF-8", .malformedEvent, body: notUTF8, signature: signed(notUTF8)),
            Bad("signed, 100,000 levels deep", .malformedEvent, body: deep, signature: signed(deep)),
            Bad("signed, without an id", .malformedEvent, body: noID, signature: signed(noID)),
            Bad("signed, not an event", .malformedEvent, body: other, signature: signed(other)),
            Bad("signed, an id that no database takes", .malformedEvent, body: nul, signature: signed(nul)),
            Bad("signed, empty", .malformedEvent, body: [], signature: signed([])),
        ]
    }()
}

@Suite(.timeLimit(.minutes(2))) struct RefusalTests {
    @Test(arguments: Bad.all)
    private func `what is not a genuine event is a 400, logged and counted by reason, and leaves nothing`(
        _ bad: Bad
    ) async throws {
        try await withRouter(on: .sqlite) { router in
            let answer = try await router.send(.bytes(ByteBuffer(bytes: bad.body)), signature: bad.signature)
            #expect(answer.status == 400)
            #expect(answer.body.contains(#""type":"invalid_request_error""#))
            #expect(try await router.events().isEmpty)
            #expect(try await router.jobs().isEmpty)

            let lines = router.log.all.filter { $0.contains("Webhook refused") }
            #expect(lines.count == 1)
            #expect(lines[0].contains(#""reason":"\#(bad.reason.rawValue)""#))
            #expect(lines[0].contains(router.tenant.tenant.id.rawValue))
            let all = router.log.all.joined()
            #expect(!all.contains("evt_1") && !all.contains("v1=") && !all.contains("whsec_"))

            let metrics = await router.registry.render()
            #expect(
                metrics.contains(
                    """
                    webhook_refusals_total{reason="\(bad.reason.rawValue)",tenant="\(router.tenant.tenant.id)"} 1
                    """))
            // The router is as well as before.
            #expect(try await router.post(event()).status == 200)
        }
    }

    @Test(arguments: [-300, 300] as [Int64])
    func `a signature of exactly the tolerance still counts`(_ offset: Int64) async throws {
        try await withRouter(on: .sqlite) { (router) async throws in
            #expect(try await router.post(event(), at: RunningRouter.now + offset).status == 200)
        }
    }

    @Test(arguments: [
        "/webhooks/stripe/we_00000000000000000000000000000000", "/webhooks/stripe/we_", "/webhooks/stripe/%00%ff",
        "/webhooks/stripe/we_'; DROP TABLE events", "/webhooks/stripe/\(String(repeating: "a", count: 5000))",
        "/webhooks/stripe/", "/webhooks/stripe", "/webhooks", "/",
    ])
    func `an unknown endpoint is a 404, whatever is sent to it`(_ path: String) async throws {
        try await withRouter(on: .sqlite) { router in
            let path = path.replacingOccurrences(of: " ", with: "%20")
            let answer = try await router.post(event(), to: path)
            #expect(answer.status == 404)
            #expect(answer.body.contains(#""error""#))
            #expect(try await router.events().isEmpty)
            #expect(!router.log.all.joined().contains("DROP"))
        }
    }

    @Test func `an endpoint works as soon as it is made`() async throws {
        try await withRouter(on: .sqlite) { router in
            let store = router.stores.endpoints
            let made = try await store.create(for: router.tenant.tenant.id)
            _ = try await store.addSecret(Secret("whsec_of_the_new"), to: made.id, of: router.tenant.tenant.id)
            let answer = try await router.post(
                event(), to: "/webhooks/stripe/\(made.id)", secret: "whsec_of_the_new")
            #expect(answer.status == 200)
        }
    }

    @Test(arguments: [HTTPMethod.GET, .PUT, .PATCH, .DELETE])
    func `another method is a 405 that names POST`(_ method: HTTPMethod) async throws {
        try await withRouter(on: .sqlite) { router in
            let answer = try await router.send(nil, method: method, signature: nil)
            #expect(answer.status == 405)
            #expect(answer.headers["allow"] == ["POST"])
        }
    }

    @Test func `one MiB is taken, one byte more is a 413`() async throws {
        try await withRouter(on: .sqlite) { router in
            let limit = 1 << 20
            let frame = event(more: #","description":"""#).count
            let fits = event(more: #","description":"\#(String(repeating: "x", count: limit - frame))""#)
            #expect(fits.count == limit)
            #expect(try await router.post(fits).status == 200)
            let over = fits + [UInt8(ascii: " ")]
            let answer = try await router.post(over)
            #expect(answer.status == 413)
            #expect(try await router.events().count == 1)
            #expect(
                await router.registry.render().contains(
                    #"webhook_refusals_total{reason="too_large",tenant="\#(router.tenant.tenant.id)"} 1"#))
        }
    }

    @Test func `a chunked body is read to its end and counted as it comes`() async throws {
        try await withRouter(on: .sqlite) { router in
            let body = event(more: #","description":"\#(String(repeating: "y", count: 200_000))""#)
            let header = signed(body)
            let chunks = stride(from: 0, to: body.count, by: 10_007).map { start in
                ByteBuffer(bytes: body[start..<min(start + 10_007, body.count)])
            }
            let answer = try await router.send(
                .stream(
                    AsyncStream { stream in
                        for chunk in chunks { stream.yield(chunk) }
                        stream.finish()
                    }, length: .unknown), signature: header)
            #expect(answer.status == 200)
            let row = try #require(try await router.events().first)
            #expect(try await router.test.database.read { try EventInbox.event(row.id, in: $0) }?.body == body)

            // Nothing announces its length: it has to be counted.
            let chunk = ByteBuffer(bytes: [UInt8](repeating: 0x20, count: 65_536))
            let tooMuch = try await router.send(
                .stream(
                    AsyncStream { stream in
                        for _ in 0..<17 { stream.yield(chunk) }
                        stream.finish()
                    }, length: .unknown), signature: header)
            #expect(tooMuch.status == 413)
        }
    }

    @Test func `a body that is dripped is given up after half a minute`() async throws {
        try await withRouter(on: .sqlite) { router in
            let body = event()
            let (chunks, send) = AsyncStream<ByteBuffer>.makeStream()
            send.yield(ByteBuffer(bytes: body.dropLast()))
            async let answer = router.send(.stream(chunks, length: .unknown), signature: signed(body))
            // The router reads its clock for the endpoint's age, for the deadline, and for the first chunk.
            await router.clock.whenRead(3)
            router.clock.advance(by: .seconds(30))
            send.yield(ByteBuffer(bytes: body.suffix(1)))
            send.finish()
            let refused = try await answer
            #expect(refused.status == 400)
            #expect(refused["connection"] == "close")
            #expect(try await router.events().isEmpty)
        }
    }

    @Test func `what is refused over and over is logged once a second`() async throws {
        try await withRouter(on: .sqlite) { (router) async throws in
            func lines() -> [String] { router.log.all.filter { $0.contains("Webhook refused") } }
            for _ in 0..<50 { #expect(try await router.post(event(), signature: "let me in").status == 400) }
            #expect(lines().count == 1)
            router.clock.advance(by: .seconds(1))
            #expect(try await router.post(event(), signature: "let me in").status == 400)
            #expect(lines().count == 2)
            #expect(lines()[1].contains(#""count":"50""#))
            #expect(
                await router.registry.render().contains(
                    #"{reason="malformed_signature",tenant="\#(router.tenant.tenant.id)"} 51"#))
        }
    }

    @Test func `while the database is locked the answer is 503, and nothing is stored`() async throws {
        try await withRouter(on: .sqlite, busyTimeout: .milliseconds(200)) { router in
            #expect(try await router.post(event(id: "evt_1")).status == 200)
            let other = try router.test.openAgain()
            let (held, hold) = AsyncStream<Void>.makeStream()
            let release = Gate()
            async let lock: Void = other.write { connection in
                try connection.execute("UPDATE jobs SET last_error = NULL")
                hold.yield()
                release.wait()
            }
            for await _ in held { break }
            let refused = try await router.post(event(id: "evt_2"))
            release.open()
            try await lock
            #expect(refused.status == 503)
            #expect(refused["retry-after"] == "5")
            #expect(!refused.body.contains("SQL") && !refused.body.contains("locked"))
            #expect(try await router.events().count == 1)
            #expect(router.log.all.contains { $0.contains(#""reason":"not_stored""#) && $0.contains(#""error":"#) })

            // Stripe sends it again.
            #expect(try await router.post(event(id: "evt_2")).body == #"{"received":true}"#)
            #expect(try await router.events().count == 2)
            #expect(try await router.jobs().count == 2)
            await other.close()
        }
    }
}

/// Holds a thread of the database until a test lets it go.
private final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    func wait() { semaphore.wait() }
    func open() { semaphore.signal() }
}
