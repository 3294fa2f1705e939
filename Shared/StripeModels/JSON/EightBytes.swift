extension Span<UInt8> {
    /// The eight bytes at `index`, the first of them lowest; nil where there are not as many.
    @inline(__always)
    func eight(at index: Int) -> UInt64? {
        guard index <= count - 8 else { return nil }
        return UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
    }
}

/// What is found in eight bytes at once, each with a mark in its byte. Of the marks only the lowest is to be trusted: a borrow may add others above it.
struct ByteMask {
    let marks: UInt64

    /// How many bytes come before the first mark.
    var leading: Int { marks.trailingZeroBitCount >> 3 }

    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let tops: UInt64 = 0x8080_8080_8080_8080

    static func other(than byte: UInt8, in eight: UInt64) -> ByteMask {
        ByteMask(marks: eight ^ (ones &* UInt64(byte)))
    }

    /// Marks what is not simply text of a string: a quote, a backslash, a control character, a byte beyond ASCII.
    static func endingText(in eight: UInt64) -> ByteMask {
        let quotes = eight ^ (ones &* UInt64(UInt8(ascii: "\"")))
        let slashes = eight ^ (ones &* UInt64(UInt8(ascii: "\\")))
        let found = (quotes &- ones) & ~quotes | (slashes &- ones) & ~slashes | (eight &- ones &* 0x20) & ~eight | eight
        return ByteMask(marks: found & tops)
    }
}
