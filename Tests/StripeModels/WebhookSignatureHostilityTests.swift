import StripeModels
import Testing

/// What anybody on the internet may send before a signature is checked.
struct WebhookSignatureHostilityTests {
    static let now: Int64 = 1_700_000_000
    static let secret = "whsec_test_secret"
    static let body = Array(#"{"id":"evt_u","object":"event"}"#.utf8)
    static let v1 = "v1=bc22398294de805ca3304c407263f6d77cc078fafe9295806a96670649a1c406"

    func verdict(_ header: String, body: [UInt8] = Self.body, now: Int64 = Self.now) -> WebhookSignatureError? {
        do {
            try WebhookSignature.verify(body: body, header: header, secrets: [Self.secret], now: now)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        "", ",", "=", "t", "t=", "t=,\(v1)", v1, "t=1700000000", "t=1700000000,v1", "t=now,\(v1)",
        "t=-1700000000,\(v1)", "t=+1700000000,\(v1)", "t= 1700000000,\(v1)", "t=1700000000.5,\(v1)",
        "t=1_700_000_000,\(v1)", "t=١٧٠٠٠٠٠٠٠٠,\(v1)", "T=1700000000,\(v1)",
        // Beyond Int64.
        "t=9223372036854775808,\(v1)", "t=99999999999999999999999999999999,\(v1)",
        // Two times: which one was signed is anybody's guess.
        "t=1700000000,t=1700000000,\(v1)", "t=1,t=1700000000,\(v1)",
    ])
    func `a header that is not Stripe's is malformed`(header: String) {
        #expect(verdict(header) == .malformedHeader)
    }

    @Test(arguments: [
        "v1=", "v1=zz", "v1=bc22", "v1=\(String(repeating: "g", count: 64))", "v1=\(String(repeating: "é", count: 32))",
        "v1=\(String(repeating: "0", count: 64))",
        "v1=bc22398294de805ca3304c407263f6d77cc078fafe9295806a96670649a1c406=",
        "v1=bc22398294de805ca3304c407263f6d77cc078fafe9295806a96670649a1c4060",
    ])
    func `a signature that is not the hex of 32 bytes matches nothing and spoils nothing`(signature: String) {
        #expect(verdict("t=1700000000,\(signature)") == .noMatch)
        #expect(verdict("t=1700000000,\(signature),\(Self.v1)") == nil)
    }

    @Test func `the same signature twice is one signature`() {
        #expect(verdict("t=1700000000,\(Self.v1),\(Self.v1)") == nil)
    }

    @Test func `a header of 100 kB is refused before anything is computed`() {
        let many = String(repeating: ",v1=\(String(repeating: "0", count: 64))", count: 1_500)
        #expect(many.utf8.count > 100_000)
        #expect(verdict("t=1700000000\(many),\(Self.v1)") == .malformedHeader)
        #expect(verdict(String(repeating: "t", count: 100_000)) == .malformedHeader)
    }

    @Test(arguments: [Int64.min, -1, 0, Int64.max])
    func `no clock makes it trap`(now: Int64) {
        let far = WebhookSignature.header(body: Self.body, secret: Self.secret, timestamp: .max)
        #expect(verdict(far, now: now) == (now == .max ? nil : .inFuture))
        #expect(verdict("t=0,\(Self.v1)", now: now) == .noMatch)
    }

    @Test func `bytes that are no text are compared as bytes`() {
        let body: [UInt8] = [0xFF, 0xC0, 0x80, 0x00, 0xED, 0xA0, 0x80]
        let header = WebhookSignature.header(body: body, secret: Self.secret, timestamp: Self.now)
        #expect(verdict(header, body: body) == nil)
        // What a decoder would have made of them.
        #expect(verdict(header, body: Array(String(decoding: body, as: UTF8.self).utf8)) == .noMatch)
    }
}
