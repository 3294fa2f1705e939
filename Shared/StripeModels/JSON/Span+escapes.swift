extension Span<UInt8> {
    /// What `text` says, its escapes resolved; nil when it has half a surrogate pair, which no Unicode text has.
    func unescaped(_ text: JSONText) -> [UInt8]? {
        var result: [UInt8] = []
        // An escape is longer than what it stands for.
        result.reserveCapacity(text.count)
        var index = text.start
        while index < text.end {
            guard byte(at: index) == UInt8(ascii: "\\") else {
                result.append(byte(at: index))
                index += 1
                continue
            }
            guard let scalar = escapedScalar(at: index), let encoded = UTF8.encode(scalar) else { return nil }
            result.append(contentsOf: encoded)
            // A pair of surrogates is two escapes.
            index = scalar.value > 0xFFFF ? index + 12 : (afterEscape(from: index) ?? text.end)
        }
        return result
    }

    /// What the escape at `index` stands for.
    private func escapedScalar(at index: Int) -> Unicode.Scalar? {
        switch byte(at: index + 1) {
        case UInt8(ascii: "b"): "\u{08}"
        case UInt8(ascii: "f"): "\u{0C}"
        case UInt8(ascii: "n"): "\n"
        case UInt8(ascii: "r"): "\r"
        case UInt8(ascii: "t"): "\t"
        case UInt8(ascii: "u"): escapedUnit(at: index).flatMap { unit in scalar(from: unit, at: index) }
        case let byte: Unicode.Scalar(byte)
        }
    }

    /// The scalar that begins with the UTF-16 unit of the escape at `index`.
    private func scalar(from unit: UInt32, at index: Int) -> Unicode.Scalar? {
        guard 0xD800...0xDBFF ~= unit else { return Unicode.Scalar(unit) }
        guard let low = escapedUnit(at: index + 6), 0xDC00...0xDFFF ~= low else { return nil }
        return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
    }

    /// The number in the escape `\u1234` at `index`.
    private func escapedUnit(at index: Int) -> UInt32? {
        guard byte(at: index) == UInt8(ascii: "\\"), byte(at: index + 1) == UInt8(ascii: "u") else { return nil }
        var unit: UInt32 = 0
        for digit in index + 2..<index + 6 {
            guard let value = hexDigit(at: digit) else { return nil }
            unit = unit << 4 | value
        }
        return unit
    }

    /// The value of the hexadecimal digit at `index`.
    func hexDigit(at index: Int) -> UInt32? {
        switch byte(at: index) {
        case let byte where isDigit(byte): UInt32(byte - UInt8(ascii: "0"))
        case let byte where UInt8(ascii: "a")...UInt8(ascii: "f") ~= byte: UInt32(byte - UInt8(ascii: "a") + 10)
        case let byte where UInt8(ascii: "A")...UInt8(ascii: "F") ~= byte: UInt32(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}
