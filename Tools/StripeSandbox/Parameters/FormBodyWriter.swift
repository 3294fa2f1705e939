/// Writes a tree as `FormBodyParser` reads it: `a=1&b[c]=2&d[0]=3`.
enum FormBodyWriter {
    static func text(_ tree: JSON) -> String {
        pairs(tree, at: nil).map { "\($0.name)=\(escaped($0.value))" }.joined(separator: "&")
    }

    private static func pairs(_ value: JSON, at name: String?) -> [(name: String, value: String)] {
        func place(_ key: String) -> String { name.map { "\($0)[\(escaped(key))]" } ?? escaped(key) }
        return switch value {
        case .object(let fields): fields.flatMap { pairs($0.value, at: place($0.key)) }
        case .array(let elements): elements.enumerated().flatMap { pairs($0.element, at: place(String($0.offset))) }
        case .null: [(name ?? "", "")]
        case .string(let text): [(name ?? "", text)]
        default: [(name ?? "", value.compact)]
        }
    }

    private static let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)

    private static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            plain.contains(byte)
                ? String(Character(Unicode.Scalar(byte)))
                : (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }
}
