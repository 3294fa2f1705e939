import Crypto
import Database
import FoundationEssentials

/// A request that names an `Idempotency-Key`.
package struct IdempotentRequest: Sendable, Hashable {
    package let scope: TenantScope
    /// As it is stored: with the kind of credential in front, so that each kind has keys of its own. A publishable key
    /// is public: a page that guesses a server's idempotency keys must neither use them up nor be told their answers.
    let key: String
    /// SHA-256 over what was asked for: the same key with anything else is a mistake of the caller's.
    let fingerprint: String

    /// - Parameters:
    ///   - credential: the kind of key that was presented.
    ///   - path: as it was sent, without its query.
    /// - Throws: `.invalid` with param `Idempotency-Key` unless the key has 1 to 255 visible characters.
    package init(
        scope: TenantScope, key: String, credential: APIKeyKind, method: String, path: String, body: [UInt8]
    ) throws(CommerceError) {
        self.scope = scope
        guard (1...255).contains(key.unicodeScalars.count),
            key.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f })
        else {
            throw .invalid("Idempotency-Key", "Idempotency-Key must have 1 to 255 visible characters.")
        }
        self.key = "\(credential.rawValue):\(key)"
        var hash = SHA256()
        for part in [method, path] {
            hash.update(data: Data(part.utf8))
            // Neither can hold a NUL, so no two requests run together into one.
            hash.update(data: Data([0]))
        }
        hash.update(data: Data(body))
        fingerprint = Data(hash.finalize()).base64EncodedString()
    }
}

/// The right to answer for a key, held by one request at a time.
package struct IdempotencyLock: Sendable, Hashable {
    let scope: TenantScope
    let key: String
    let token: String
}

/// What a key allows its request to do.
package enum IdempotencyBegin: Sendable, Hashable {
    /// Go on, holding the lock. With an order, an earlier try with this key made it and has not finished: complete that
    /// one, make no other.
    case proceed(IdempotencyLock, resumeOrder: OrderID?)
    /// It was answered before: say the same again.
    case replay(status: Int, body: String)
    /// Another request with this key is under way.
    case inFlight
    /// The key was used with another request.
    case mismatch
}
