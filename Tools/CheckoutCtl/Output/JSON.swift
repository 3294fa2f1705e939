import Foundation

/// A JSON value with its nulls: what a command prints always has all of its fields.
enum JSON: Encodable, Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case text(String)
    case list([JSON])
    case object([String: JSON])
    /// A resource that another module knows how to write.
    case resource(any Encodable & Sendable)

    static func text(_ value: String?) -> JSON { value.map { .text($0) } ?? .null }
    static func texts(_ values: [String]) -> JSON { .list(values.map { .text($0) }) }

    /// Seconds since 1970 from µs, as the API writes times.
    static func time(_ microseconds: Int64?) -> JSON { microseconds.map { .int($0 / 1_000_000) } ?? .null }

    /// A list as the API writes one.
    static func page(_ data: [JSON], hasMore: Bool) -> JSON {
        ["object": "list", "data": .list(data), "has_more": .bool(hasMore)]
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .int(let value): try container.encode(value)
        case .text(let value): try container.encode(value)
        case .list(let values): try container.encode(values)
        case .object(let fields): try container.encode(fields)
        case .resource(let value): try value.encode(to: encoder)
        }
    }

    /// On one line, with sorted keys.
    func text() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByDictionaryLiteral, ExpressibleByBooleanLiteral {
    init(stringLiteral value: String) { self = .text(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(Dictionary(elements) { _, last in last })
    }
}
