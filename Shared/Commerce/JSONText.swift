import FoundationEssentials

/// JSON as the database keeps it: text with sorted keys, so that equal values are equal text.
enum JSONText {
    static func write(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func read<T: Decodable>(_ text: String, as type: T.Type = T.self) throws(CommerceError) -> T {
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch {
            throw .unreadable("A stored JSON text is not a \(T.self).")
        }
    }
}
