import FoundationEssentials
import Security
import Testing

@Suite struct StandardWebhookTests {
    struct Vector: Sendable {
        let secret: String
        let id: String
        let timestamp: Int64
        let body: String
        let signature: String
    }

    /// Computed with the reference implementation, PyPI `standardwebhooks`; the first is the specification's own.
    static let vectors = [
        Vector(
            secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
            timestamp: 1_614_265_330,
            body: #"{"test": 2432232314}"#, signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
        Vector(
            secret: "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", id: "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W",
            timestamp: 1_674_087_231, body: #"{"test": 2432232314}"#,
            signature: "v1,cAp9TQtaE2ZR9not+U8dvvN3yUkNsSp3s7Jkeij79bQ="),
        Vector(
            secret: "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", id: "msg_ü", timestamp: 1_700_000_000,
            body: #"{"name":"Zoë ☃"}"#, signature: "v1,tH8iuRtCq2YGTYYsFzYjqx2YLArt/LeNCLNYhqY3UPc="),
        Vector(
            secret: "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", id: "msg_empty", timestamp: 1, body: "",
            signature: "v1,LxeA/5v2hnBzZ7m3s8GLsEIq0+PtmlXHYJecL23WQmU="),
    ]

    @Test(arguments: vectors)
    func `signatures are those of the reference implementation`(vector: Vector) throws {
        let webhook = try StandardWebhook(secret: Secret(vector.secret))
        let headers = webhook.headers(id: vector.id, timestamp: vector.timestamp, body: Array(vector.body.utf8))
        #expect(headers.map(\.name) == ["webhook-id", "webhook-timestamp", "webhook-signature"])
        #expect(headers.map(\.value) == [vector.id, "\(vector.timestamp)", vector.signature])
    }

    @Test func `a new secret has 32 random bytes and can be used`() throws {
        let secrets = (0..<50).map { _ in StandardWebhook.newSecret() }
        #expect(Set(secrets).count == 50)
        for secret in secrets {
            _ = try StandardWebhook(secret: secret)
            let encoded = String(secret.exposed.dropFirst("whsec_".count))
            #expect(secret.exposed.hasPrefix("whsec_") && Data(base64Encoded: encoded)?.count == 32)
        }
    }

    @Test(arguments: [
        "", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_MfKQ9r8GKYqr",
        "whsec_not base64 at all, but long enough!!",
        "whsec_" + Data(repeating: 1, count: 23).base64EncodedString(),
        "whsec_" + Data(repeating: 1, count: 65).base64EncodedString(),
    ])
    func `a malformed secret is refused without being repeated`(text: String) throws {
        let error = try #require(throws: StandardWebhook.MalformedSecret.self) {
            _ = try StandardWebhook(secret: Secret(text))
        }
        #expect(text.count < 10 || !"\(error)".contains(text.dropFirst(6)))
    }
}
