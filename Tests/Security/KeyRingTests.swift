import Security
import Testing

/// Bytes 0…31 and 1…32, as settings.
let firstKey = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
let secondKey = "k2:AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="

@Suite struct KeyRingSettingTests {
    @Test func `the first key is the current one`() throws {
        #expect(try KeyRing(parsing: firstKey).currentKeyID == "k1")
        #expect(try KeyRing(parsing: "\(secondKey),\(firstKey)").currentKeyID == "k2")
        #expect(try KeyRing(parsing: " \(secondKey) ,\n\(firstKey)\n").currentKeyID == "k2")
    }

    @Test(arguments: [
        ("", "empty"), ("   ", "empty"), ("k1", "\":\""), ("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "\":\""),
        (":AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "1 to 32"), ("k.1:AAECAwQFBgcICQoL", "letters"),
        ("k1:AAEC*wQF", "\"k1\" is not base64"), ("k1:AAECAwQFBgcICQoLDA0ODw==", "16 bytes instead of 32"),
        (firstKey + ",", "key 2 of 2 is empty"), (firstKey + ",k2:", "0 bytes"),
        (firstKey + "," + firstKey, "\"k1\" occurs twice"),
    ])
    func `a malformed setting is refused with its mend and without the key`(setting: String, names: String) throws {
        let error = try #require(throws: KeyRingError.self) { _ = try KeyRing(parsing: setting) }
        #expect(error.code == .malformedSetting)
        #expect(error.message.contains(names), "\(error.message)")
        #expect(!error.message.contains("AAEC") && !error.message.contains("ICQoL"))
    }
}

@Suite struct KeyRingSealingTests {
    private let ring: KeyRing
    private let rotated: KeyRing

    init() throws {
        ring = try KeyRing(parsing: firstKey)
        rotated = try KeyRing(parsing: "\(secondKey),\(firstKey)")
    }

    @Test(arguments: ["", "sk_test_hello", "pässwörd ☃", String(repeating: "x", count: 10_000)])
    func `what is sealed opens again for the same owner`(text: String) throws {
        let sealed = try ring.seal(Secret(text), for: "ten_1")
        #expect(sealed.hasPrefix("k1."))
        #expect(text.isEmpty || !sealed.contains(text))
        #expect(try ring.open(sealed, for: "ten_1") == Secret(text))
    }

    @Test func `the format is fixed: an independent implementation's value opens`() throws {
        // Python's cryptography: HKDF-SHA256 (info "secret-sealing"), AES-256-GCM, nonce 100…111, associated data ten_1.
        let sealed = "k1.ZGVmZ2hpamtsbW5vWL0gtN3Tf53kxKjvz11NC1pA/ikPH/KnJP2iImo="
        #expect(try ring.open(sealed, for: "ten_1").exposed == "sk_test_hello")
    }

    @Test func `the same secret never seals to the same text twice`() throws {
        let sealed = try (0..<100).map { _ in try ring.seal(Secret("a"), for: "ten_1") }
        #expect(Set(sealed).count == 100)
    }

    @Test(arguments: ["ten_2", "", "ten_1 ", "TEN_1"])
    func `it does not open for another owner`(context: String) throws {
        let sealed = try ring.seal(Secret("sk_test_hello"), for: "ten_1")
        let error = #expect(throws: KeyRingError.self) { _ = try ring.open(sealed, for: context) }
        #expect(error?.code == .notAuthentic)
    }

    @Test func `no altered character goes unnoticed`() throws {
        let sealed = try ring.seal(Secret("sk_test_hello"), for: "ten_1")
        let body = sealed.index(sealed.startIndex, offsetBy: "k1.".count)
        for index in sealed[body...].indices {
            var altered = sealed
            altered.replaceSubrange(index...index, with: sealed[index] == "A" ? "B" : "A")
            // The last character before the padding has bits that belong to no byte.
            guard altered.dropLast(2) != sealed.dropLast(2) else { continue }
            #expect(throws: KeyRingError.self) { _ = try ring.open(altered, for: "ten_1") }
        }
    }

    @Test(arguments: ["", "k1", "k1.", "k1.AAAA", "k1.*", ".AAAA", "k1.ZGVmZ2hpamtsbW5vWL0gtN3Tf53kxKjvz11NC1pA/ikP"])
    func `what is cut short or no sealed value at all is refused`(text: String) {
        #expect(throws: KeyRingError.self) { _ = try ring.open(text, for: "ten_1") }
    }

    @Test func `after a rotation old values open and new ones use the new key`() throws {
        let old = try ring.seal(Secret("old"), for: "ten_1")
        let new = try rotated.seal(Secret("new"), for: "ten_1")
        #expect(try rotated.open(old, for: "ten_1").exposed == "old")
        #expect(new.hasPrefix("k2."))
        #expect(rotated.isOutdated(old))
        #expect(!rotated.isOutdated(new))
        let error = #expect(throws: KeyRingError.self) { _ = try ring.open(new, for: "ten_1") }
        #expect(error?.code == .unknownKey(id: "k2"))
    }

    @Test func `a value that claims another key's id does not open`() throws {
        let sealed = try ring.seal(Secret("a"), for: "ten_1")
        let relabelled = "k2" + sealed.dropFirst(2)
        let error = #expect(throws: KeyRingError.self) { _ = try rotated.open(relabelled, for: "ten_1") }
        #expect(error?.code == .notAuthentic)
    }
}

@Suite struct KeyedHashTests {
    @Test func `a hash is the same in every process`() throws {
        // Python's hmac and cryptography: HMAC-SHA256 under HKDF-SHA256 (info "api-key-hash") of bytes 0…31.
        let expected = "k1.951dc560ea0119191a4b2213b916952d24819cf0019efd4e778efe8353b93866"
        #expect(try KeyRing(parsing: firstKey).keyedHash(of: Secret("ck_test_abc")) == expected)
    }

    @Test func `every key of the ring has its hash, the current one first`() throws {
        let old = try KeyRing(parsing: firstKey)
        let rotated = try KeyRing(parsing: "\(secondKey),\(firstKey)")
        let secret = Secret("ck_test_abc")
        let hashes = rotated.keyedHashes(of: secret)
        #expect(hashes.count == 2)
        #expect(hashes.first == rotated.keyedHash(of: secret))
        #expect(hashes.last == old.keyedHash(of: secret))
        #expect(hashes.first?.hasPrefix("k2.") == true)
    }

    @Test func `different secrets and different keys hash differently`() throws {
        let ring = try KeyRing(parsing: firstKey)
        let renamed = try KeyRing(parsing: secondKey.replacing("k2:", with: "k1:"))
        #expect(ring.keyedHash(of: Secret("a")) != ring.keyedHash(of: Secret("b")))
        #expect(ring.keyedHash(of: Secret("a")) != renamed.keyedHash(of: Secret("a")))
    }
}
