/// Where a JSON string lies among the bytes it was found in, without its quotes.
struct JSONText: Equatable {
    let start: Int
    let end: Int
    /// Whether it has no escapes, so that its bytes are what it says.
    let isPlain: Bool

    var count: Int { end - start }
}

extension Span<UInt8> {
    /// The string whose opening quote is at `quote`. It is valid UTF-8 without bare control characters; an escape may
    /// be half a surrogate pair.
    @inline(__always)
    func string(at quote: Int) -> JSONText? {
        guard byte(at: quote) == UInt8(ascii: "\"") else { return nil }
        var index = quote + 1
        var isPlain = true
        while true {
            while let eight = eight(at: index) {
                let run = ByteMask.endingText(in: eight).leading
                index += run
                if run < 8 { break }
            }
            switch byte(at: index) {
            case UInt8(ascii: "\""):
                return JSONText(start: quote + 1, end: index, isPlain: isPlain)
            case UInt8(ascii: "\\"):
                guard let next = afterEscape(from: index) else { return nil }
                isPlain = false
                index = next
            case 0x80...:
                // Where there is one there are more, as a rule.
                repeat {
                    guard let next = afterScalar(from: index) else { return nil }
                    index = next
                } while byte(at: index) >= 0x80
            case ..<0x20: return nil
            default: index += 1
            }
        }
    }

    /// Where the escape at `index` ends.
    func afterEscape(from index: Int) -> Int? {
        switch byte(at: index + 1) {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return index + 2
        case UInt8(ascii: "u"):
            for digit in index + 2..<index + 6 where hexDigit(at: digit) == nil { return nil }
            return index + 6
        default: return nil
        }
    }

    /// Where the scalar beyond ASCII at `index` ends (The Unicode Standard, table 3-7: no overlong form, no surrogate,
    /// nothing above U+10FFFF).
    private func afterScalar(from index: Int) -> Int? {
        let second = byte(at: index + 1)
        let length: Int
        switch (byte(at: index), second) {
        case (0xC2...0xDF, 0x80...0xBF): return index + 2
        case (0xE0, 0xA0...0xBF), (0xE1...0xEC, 0x80...0xBF), (0xED, 0x80...0x9F), (0xEE...0xEF, 0x80...0xBF):
            length = 3
        case (0xF0, 0x90...0xBF), (0xF1...0xF3, 0x80...0xBF), (0xF4, 0x80...0x8F): length = 4
        default: return nil
        }
        for index in index + 2..<index + length where byte(at: index) & 0xC0 != 0x80 { return nil }
        return index + length
    }
}
