import Foundation

/// A row's identifier: `ord_01k…`, a prefix and 26 characters that sort by the time of making.
///
/// 48 bits of milliseconds and 80 random bits in Crockford's base 32 (the layout of a ULID, lower case): new rows
/// land at the end of an index, and nobody guesses the next one.
package protocol RowID: RawRepresentable<String>, SQLBindable, SQLReadable, Hashable, Sendable, Codable,
    CustomStringConvertible
{
    static var prefix: String { get }
    init(rawValue: String)
}

extension RowID {
    package static func new() -> Self { Self(rawValue: prefix + TimeOrderedText.make()) }

    package var description: String { rawValue }
    package var sqlValue: SQLValue { .text(rawValue) }
    package init?(sqlValue: SQLValue) {
        guard case .text(let value) = sqlValue else { return nil }
        self.init(rawValue: value)
    }

    package init(from decoder: any Decoder) throws {
        self.init(rawValue: try decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

/// 26 characters that sort by time; see `RowID`.
package enum TimeOrderedText {
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    package static func make() -> String {
        let milliseconds = UInt64(max(0, Date().timeIntervalSince1970 * 1000))
        var generator = SystemRandomNumberGenerator()
        let (high, low): (UInt64, UInt64) = (generator.next(), generator.next())
        return String(unsafeUninitializedCapacity: 26) { buffer in
            for i in 0..<10 { buffer[i] = alphabet[Int(milliseconds >> UInt64(45 - 5 * i)) & 31] }
            for i in 0..<8 {
                buffer[10 + i] = alphabet[Int(high >> UInt64(5 * i) & 31)]
                buffer[18 + i] = alphabet[Int(low >> UInt64(5 * i) & 31)]
            }
            return 26
        }
    }
}
