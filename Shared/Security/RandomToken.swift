/// Random values that nobody can guess, from the kernel's generator.
package enum RandomToken {
    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// `count` random bytes.
    package static func bytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// `length` random characters out of `0-9A-Za-z`, each worth 5.95 bits: 43 of them make 256 bits.
    package static func base62(_ length: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        return String(unsafeUninitializedCapacity: length) { buffer in
            for index in 0..<length {
                // `random(in:)` rejects instead of taking a remainder, so every character is equally likely.
                buffer[index] = alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
            }
            return length
        }
    }
}
