/// Ids and secrets as Stripe writes them.
enum Identifier {
    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// A new id of a kind: its prefix and 24 random letters and digits.
    static func new(_ kind: ResourceKind) -> String { kind.prefix + random(24) }

    /// Random letters and digits, from the system's secure generator.
    static func random(_ length: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A letter or digit for each byte: the same bytes, the same text.
    static func base62(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: bytes.map { alphabet[Int($0) % alphabet.count] }, as: UTF8.self)
    }
}
