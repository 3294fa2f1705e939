/// Random values that nobody can guess, from the kernel's generator.
package enum RandomToken {
    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// `count` random bytes.
    package static func bytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 7)
        // Eight at a time: each call of the generator is a system call.
        while bytes.count < count {
            withUnsafeBytes(of: generator.next()) { bytes.append(contentsOf: $0) }
        }
        return Array(bytes.prefix(count))
    }

    /// `length` random characters out of `0-9A-Za-z`, each worth 5.95 bits: 43 of them make 256 bits.
    package static func base62(_ length: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        var characters: [UInt8] = []
        characters.reserveCapacity(length + 10)
        while characters.count < length {
            var bits = generator.next()
            for _ in 0..<10 {
                // Two of 64 values are thrown away, so that every character is equally likely.
                let value = Int(bits & 63)
                if value < alphabet.count { characters.append(alphabet[value]) }
                bits >>= 6
            }
        }
        return String(decoding: characters.prefix(length), as: UTF8.self)
    }
}
