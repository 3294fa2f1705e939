/// Text as it travels by any server: ASCII, in lines of at most 76 characters (RFC 2045, 6.7).
enum QuotedPrintable {
    private static let lineLimit = 76
    private static let hexDigits = Array("0123456789ABCDEF".utf8)

    /// `text` as UTF-8, every line ended by CRLF, the last one too.
    static func encode(_ text: String) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(text.utf8.count * 5 / 4)
        let isEnded = text.last?.isLineBreak ?? false
        let lines = (isEnded ? text.dropLast() : text[...])
            .split(omittingEmptySubsequences: false, whereSeparator: \.isLineBreak)
        for line in lines {
            append(Array(line.utf8), to: &output)
        }
        return output
    }

    private static func append(_ line: [UInt8], to output: inout [UInt8]) {
        var column = 0
        for (index, byte) in line.enumerated() {
            let isLast = index == line.count - 1
            let needsEscape = mustEscape(byte, atStart: column == 0, atEnd: isLast)
            // Room is kept for the sign that the line goes on.
            if column + (needsEscape ? 3 : 1) > lineLimit - (isLast ? 0 : 1) {
                output += Array("=\r\n".utf8)
                column = 0
            }
            if needsEscape || mustEscape(byte, atStart: column == 0, atEnd: isLast) {
                output += [UInt8(ascii: "="), hexDigits[Int(byte >> 4)], hexDigits[Int(byte & 15)]]
                column += 3
            } else {
                output.append(byte)
                column += 1
            }
        }
        output += Array("\r\n".utf8)
    }

    private static func mustEscape(_ byte: UInt8, atStart: Bool, atEnd: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "="): true
        // Alone on a line it would end the message.
        case UInt8(ascii: "."): atStart
        // Servers strip spaces at the end of a line.
        case UInt8(ascii: " "), UInt8(ascii: "\t"): atEnd
        case 0x21...0x7e: false
        default: true
        }
    }
}

extension Character {
    /// CRLF is one `Character`. Form feeds and other exotic breaks are text.
    fileprivate var isLineBreak: Bool { self == "\n" || self == "\r\n" || self == "\r" }
}
