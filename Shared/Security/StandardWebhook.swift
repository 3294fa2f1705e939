import Crypto
import FoundationEssentials

/// Signs what is sent to a tenant's storefront, so that it can tell our messages from anyone else's.
///
/// Standard Webhooks, "Signature scheme": the secret is `whsec_` + base64, the signed text `id.timestamp.body`, the
/// signature `v1,` + base64 of HMAC-SHA256 under the decoded secret.
package struct StandardWebhook: Sendable {
    private let key: SymmetricKey

    /// The secret is not `whsec_` + base64 of 24 to 64 bytes.
    package struct MalformedSecret: Error, Equatable, CustomStringConvertible {
        package var description: String {
            "A signing secret is \"whsec_\" and the base64 of 24 to 64 bytes; this one is not."
        }
    }

    /// A new secret of 32 random bytes.
    package static func newSecret() -> Secret {
        Secret("whsec_\(Data(RandomToken.bytes(32)).base64EncodedString())")
    }

    /// - Throws: ``MalformedSecret``. Standard Webhooks, "Secrets": between 24 and 64 bytes.
    package init(secret: Secret) throws {
        let prefix = "whsec_"
        guard
            secret.exposed.hasPrefix(prefix),
            let bytes = Data(base64Encoded: String(secret.exposed.dropFirst(prefix.count))),
            (24...64).contains(bytes.count)
        else { throw MalformedSecret() }
        self.key = SymmetricKey(data: bytes)
    }

    /// The three headers of one try to deliver a message.
    ///
    /// - Parameters:
    ///   - id: the message's id: the same on every try, so that a receiver can drop a repetition.
    ///   - timestamp: when this try is made, in seconds since 1970.
    ///   - body: the exact bytes that are sent.
    package func headers(id: String, timestamp: Int64, body: [UInt8]) -> [(name: String, value: String)] {
        var code = HMAC<SHA256>(key: key)
        code.update(data: Data("\(id).\(timestamp).".utf8))
        code.update(data: body)
        let signature = Data(code.finalize()).base64EncodedString()
        return [
            ("webhook-id", id),
            ("webhook-timestamp", String(timestamp)),
            ("webhook-signature", "v1,\(signature)"),
        ]
    }
}
