import Crypto
import FoundationEssentials

/// The master keys: the first encrypts and hashes, all of them decrypt and recognise.
///
/// To rotate, add a new key behind the old one in every program, then put it in front, and drop the old one only when
/// nothing needs it any more: all that was sealed under it has been sealed again, and every hash made under it has been
/// made anew. A hash cannot be converted, so the second takes whoever holds the secret to present it once more.
package struct KeyRing: Sendable {
    /// One master key's two halves. Encryption and hashing never share a key, so each is derived on its own (HKDF).
    private struct Entry: Sendable {
        let id: String
        let sealing: SymmetricKey
        let hashing: SymmetricKey
    }

    /// Never empty.
    private let entries: [Entry]
    private let current: Entry

    /// Reads `id:base64(32 bytes),…`.
    ///
    /// - Throws: an error that names what is wrong with which key and how to mend it, never the key itself.
    package init(parsing setting: String) throws(KeyRingError) {
        var entries: [Entry] = []
        let parts = setting.split(separator: ",", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            let position = parts.count == 1 ? "the key" : "key \(index + 1) of \(parts.count)"
            let entry = try Self.entry(String(part), position)
            guard !entries.contains(where: { $0.id == entry.id }) else {
                throw .malformed("the id \"\(entry.id)\" occurs twice; give every key an id of its own")
            }
            entries.append(entry)
        }
        guard let first = entries.first else { throw .malformed("holds no key; \(Self.mend)") }
        self.entries = entries
        self.current = first
    }

    private static let mend = "write id:base64(32 bytes), the base64 made by: head -c 32 /dev/urandom | base64"

    private static func entry(_ part: String, _ position: String) throws(KeyRingError) -> Entry {
        let trimmed = part.filter { !$0.isWhitespace }
        guard !trimmed.isEmpty else { throw .malformed("\(position) is empty; \(mend)") }
        guard let colon = trimmed.firstIndex(of: ":") else {
            throw .malformed("\(position) has no \":\" between its id and its base64; \(mend)")
        }
        let id = String(trimmed[..<colon])
        guard (1...32).contains(id.utf8.count), id.utf8.allSatisfy(isIDCharacter) else {
            throw .malformed("the id of \(position) must be 1 to 32 letters, digits, \"-\" or \"_\"; \(mend)")
        }
        guard let bytes = Data(base64Encoded: String(trimmed[trimmed.index(after: colon)...])) else {
            throw .malformed("key \"\(id)\" is not base64; \(mend)")
        }
        guard bytes.count == 32 else {
            throw .malformed("key \"\(id)\" has \(bytes.count) bytes instead of 32; \(mend)")
        }
        let master = SymmetricKey(data: bytes)
        return Entry(
            id: id, sealing: derive(from: master, for: "secret-sealing"),
            hashing: derive(from: master, for: "api-key-hash"))
    }

    private static func isIDCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func derive(from master: SymmetricKey, for purpose: String) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(inputKeyMaterial: master, info: Data(purpose.utf8), outputByteCount: 32)
    }

    /// The id of the key that seals and hashes now.
    package var currentKeyID: String { current.id }

    /// The ids of all keys, the current one first.
    package var keyIDs: [String] { entries.map(\.id) }

    // MARK: Sealing

    /// Encrypts `secret` with AES-256-GCM under the current key: `keyid.base64(nonce ‖ ciphertext ‖ tag)`.
    ///
    /// - Parameter context: whose secret it is (a tenant's id). It is authenticated, not stored: a sealed value that is
    ///   copied to another owner's row does not open there.
    package func seal(_ secret: Secret, for context: String) throws -> String {
        let box = try AES.GCM.seal(
            Data(secret.exposed.utf8), using: current.sealing, authenticating: Data(context.utf8))
        // The nonce has the default 12 bytes, so the combined form always exists.
        let combined = Data(box.nonce) + box.ciphertext + box.tag
        return "\(current.id).\(combined.base64EncodedString())"
    }

    /// Decrypts what ``seal(_:for:)`` made, by whichever key of the ring it was sealed under.
    package func open(_ sealed: String, for context: String) throws(KeyRingError) -> Secret {
        guard let dot = sealed.firstIndex(of: ".") else { throw .notAuthentic }
        let id = String(sealed[..<dot])
        guard let entry = entries.first(where: { $0.id == id }) else { throw .unknownKey(id) }
        guard
            let combined = Data(base64Encoded: String(sealed[sealed.index(after: dot)...])),
            let box = try? AES.GCM.SealedBox(combined: combined),
            let opened = try? AES.GCM.open(box, using: entry.sealing, authenticating: Data(context.utf8)),
            let text = String(validating: opened, as: UTF8.self)
        else { throw .notAuthentic }
        return Secret(text)
    }

    /// Whether `sealed` was sealed under an older key and should be sealed again.
    package func isOutdated(_ sealed: String) -> Bool {
        !sealed.hasPrefix("\(current.id).")
    }

    // MARK: Hashing

    /// `keyid.hex` of HMAC-SHA256 under the current key: how an API key is stored.
    ///
    /// A keyed hash, not a slow one: the keys have 256 random bits, so there is nothing to guess, and a copy of the
    /// database alone cannot even confirm one.
    package func keyedHash(of secret: Secret) -> String {
        Self.hash(secret, current)
    }

    /// The hash under each key of the ring, the current one first: what to look for while a rotation is under way.
    package func keyedHashes(of secret: Secret) -> [String] {
        entries.map { Self.hash(secret, $0) }
    }

    private static func hash(_ secret: Secret, _ entry: Entry) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Data(secret.exposed.utf8), using: entry.hashing)
        return "\(entry.id).\(hex(code))"
    }
}

/// Lower-case hexadecimal.
func hex(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}
