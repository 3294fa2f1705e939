import StripeModels
import Testing

/// The expected values are what Stripe's own SDK (PyPI `stripe` 16.1.0, `stripe.WebhookSignature`) computes.
struct WebhookSignatureTests {
    static let now: Int64 = 1_700_000_000
    static let secret = "whsec_test_secret"
    static let body = Array(#"{"id":"evt_u","object":"event"}"#.utf8)
    static let signature = "bc22398294de805ca3304c407263f6d77cc078fafe9295806a96670649a1c406"
    static let otherSignature = "71ef656483b55c732618cc3e8ea7a484e41d6ec8f0b19fa5f44734f532326a60"
    static let header = "t=\(now),v1=\(signature)"

    func verdict(
        _ header: String, body: [UInt8] = Self.body, secrets: [String] = [Self.secret], now: Int64 = Self.now
    ) -> WebhookSignatureError? {
        do {
            try WebhookSignature.verify(body: body, header: header, secrets: secrets, now: now)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        (
            #"{"id":"evt_u","object":"event"}"#, secret,
            "bc22398294de805ca3304c407263f6d77cc078fafe9295806a96670649a1c406"
        ),
        (
            #"{"id":"evt_u","object":"event","name":"Zoë 💳"}"#, secret,
            "cb1e10d9a939a0e857b69fb750fc865d09a819b3ac0b8baf9e53dc695af4afd2"
        ),
        (
            #"{"id":"evt_u","object":"event"}"#, "whsec_other_secret",
            "71ef656483b55c732618cc3e8ea7a484e41d6ec8f0b19fa5f44734f532326a60"
        ),
        ("", secret, "316b9ab98c15bfa039d243f3196acee619cf29749a91a634e6a8154e2f7b6727"),
    ])
    func `signatures are those of the official SDK`(body: String, secret: String, signature: String) {
        let header = "t=1700000000,v1=\(signature)"
        #expect(WebhookSignature.header(body: Array(body.utf8), secret: secret, timestamp: Self.now) == header)
        #expect(verdict(header, body: Array(body.utf8), secrets: [secret]) == nil)
    }

    @Test func `a body that was changed by one byte does not match`() {
        var body = Self.body
        body[8] ^= 1
        #expect(verdict(Self.header, body: body) == .noMatch)
        #expect(verdict(Self.header, body: Self.body + [0x0A]) == .noMatch)
    }

    @Test func `any signature of any live secret is enough`() {
        let both = "t=\(Self.now),v1=\(Self.otherSignature),v1=\(Self.signature)"
        #expect(verdict(both) == nil)
        #expect(verdict(Self.header, secrets: ["whsec_new", Self.secret]) == nil)
        #expect(verdict("t=\(Self.now),v1=\(Self.otherSignature)") == .noMatch)
        #expect(verdict(Self.header, secrets: []) == .noMatch)
    }

    @Test func `v0 is ignored, even where it would match`() {
        #expect(verdict("t=\(Self.now),v0=\(Self.signature)") == .malformedHeader)
        #expect(verdict("t=\(Self.now),v1=\(Self.otherSignature),v0=\(Self.signature)") == .noMatch)
        #expect(verdict("\(Self.header),v0=6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39") == nil)
    }

    @Test(
        arguments: [(-301, .inFuture), (-300, nil), (0, nil), (300, nil), (301, .tooOld)]
            as [(Int64, WebhookSignatureError?)])
    func `the time may be off by five minutes either way`(age: Int64, expected: WebhookSignatureError?) {
        #expect(verdict(Self.header, now: Self.now + age) == expected)
    }

    @Test func `an old signature that is wrong is called wrong, not old`() {
        #expect(verdict("t=1,v1=\(Self.signature)") == .noMatch)
    }

    @Test func `the time is signed as it was sent`() {
        // The SDK of 16.1.0 would read it as a number and sign 1700000000; Stripe signs the text.
        #expect(verdict("t=01700000000,v1=\(Self.signature)") == .noMatch)
    }

    @Test func `an empty secret signs nothing`() {
        let header = WebhookSignature.header(body: Self.body, secret: "", timestamp: Self.now)
        #expect(verdict(header, secrets: [""]) == .noMatch)
    }
}
