/// An enumeration of Stripe's that may grow any day: a value we do not know is kept as it came.
package protocol OpenEnum: Decodable, Hashable, Sendable, CustomStringConvertible {
    /// The values we know, by Stripe's names.
    static var known: [String: Self] { get }
    static func unknown(_ name: String) -> Self
    /// The name in `unknown`, nil for a known value.
    var unknownName: String? { get }
}

extension OpenEnum {
    package init(_ name: String) {
        self = Self.known[name] ?? .unknown(name)
    }

    /// Stripe's name of the value.
    package var name: String {
        unknownName ?? Self.known.first { $0.value == self }?.key ?? ""
    }

    package var description: String { name }

    package init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }
}
