import Security

/// Ids and secrets as Stripe writes them.
enum Identifier {
    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// A new id of a kind: its prefix and 24 random letters and digits.
    static func new(_ kind: ResourceKind) -> String { kind.prefix + random(24) }

    /// Letters and digits that nobody can guess.
    static func random(_ length: Int) -> String { RandomToken.base62(length) }

    /// Digits, for numbers that only look like one.
    static func digits(_ length: Int) -> String {
        String((0..<length).map { _ in Character(String(UInt8.random(in: 0...9))) })
    }

    /// A letter or digit for each byte: the same bytes, the same text.
    static func base62(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: bytes.map { alphabet[Int($0) % alphabet.count] }, as: UTF8.self)
    }
}
