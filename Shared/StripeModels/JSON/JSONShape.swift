/// The checks that come before a JSON decoder sees bytes from outside.
///
/// A decoder recurses into nested values and guesses UTF-16 from zero bytes; both are decided here first, in one pass
/// that needs no stack.
enum JSONShape {
    /// Stripe's own objects stay below twenty levels, expanded fields included.
    static let maximumDepth = 64

    static func check(_ bytes: [UInt8]) throws(StripeJSONError) {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw .notUTF8 }
        guard let first = bytes.first(where: { !isSpace($0) }), first == UInt8(ascii: "{") else { throw .malformed }
        var depth = 0
        var inString = false
        var escaped = false
        for byte in bytes {
            if inString {
                if escaped {
                    escaped = false
                } else if byte == UInt8(ascii: "\\") {
                    escaped = true
                } else if byte == UInt8(ascii: "\"") {
                    inString = false
                } else if byte < 0x20 {
                    throw .malformed
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): inString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                if depth > maximumDepth { throw .tooDeep(limit: maximumDepth) }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth < 0 { throw .malformed }
            case ..<0x20 where !isSpace(byte): throw .malformed
            default: break
            }
        }
        guard depth == 0, !inString else { throw .malformed }
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }
}
