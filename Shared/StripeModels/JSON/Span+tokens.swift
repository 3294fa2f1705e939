/// The tokens of JSON (RFC 8259), among bytes that may be anything: each function looks at what begins at an index and
/// says where it ends, nil when it is no such thing.
///
/// None of them recurses or allocates, an index behind the end is no error, and every look is bounds-checked.
extension Span<UInt8> {
    /// NUL, which is no token's, behind the end.
    @inline(__always)
    func byte(at index: Int) -> UInt8 { index < count ? self[index] : 0 }

    /// Where the white space from `index` on ends, if there is any.
    @inline(__always)
    func afterSpace(from index: Int) -> Int {
        var index = index
        while byte(at: index) <= 0x20 {
            switch byte(at: index) {
            // Indentation, which is most of what Stripe sends beside text, goes eight at a time.
            case 0x20: index += eight(at: index).map { ByteMask.other(than: 0x20, in: $0).leading } ?? 1
            case 0x0A, 0x0D, 0x09: index += 1
            default: return index
            }
        }
        return index
    }

    /// Where the number at `index` ends.
    @inline(__always)
    func afterNumber(from index: Int) -> Int? {
        var index = index
        if byte(at: index) == UInt8(ascii: "-") { index += 1 }
        if byte(at: index) == UInt8(ascii: "0") {
            index += 1
        } else {
            guard let next = afterDigits(from: index) else { return nil }
            index = next
        }
        if byte(at: index) == UInt8(ascii: ".") {
            guard let next = afterDigits(from: index + 1) else { return nil }
            index = next
        }
        if byte(at: index) | 0x20 == UInt8(ascii: "e") {
            index += 1
            if byte(at: index) == UInt8(ascii: "+") || byte(at: index) == UInt8(ascii: "-") { index += 1 }
            return afterDigits(from: index)
        }
        return index
    }

    /// Where the digits at `index` end, of which there must be one.
    @inline(__always)
    private func afterDigits(from index: Int) -> Int? {
        guard isDigit(byte(at: index)) else { return nil }
        var index = index + 1
        while isDigit(byte(at: index)) { index += 1 }
        return index
    }

    func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

    /// Where `word` ends, if it is what begins at `index`.
    @inline(__always)
    func after(_ word: StaticString, from index: Int) -> Int? {
        let end = index + word.utf8CodeUnitCount
        return end <= count && extracting(index..<end).reads(word) ? end : nil
    }

    /// Whether the bytes are exactly those of `word`.
    @inline(__always)
    func reads(_ word: StaticString) -> Bool {
        guard count == word.utf8CodeUnitCount else { return false }
        for index in 0..<count where self[index] != word.utf8Start[index] { return false }
        return true
    }

    /// Whether the bytes are exactly those of `other`.
    func reads(_ other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for index in 0..<count where self[index] != other[index] { return false }
        return true
    }
}
