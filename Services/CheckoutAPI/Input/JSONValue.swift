import ServiceRuntime

/// A value of a JSON text, with its numbers as they were written.
///
/// `JSONDecoder` reads `10.0`, `1e1` and `10` all as the integer 10. An amount of money must not be guessed at, so the
/// literal is kept, and whoever wants an integer decides which literals are one.
enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    /// The literal, which is valid by JSON's grammar: `-0`, `1.50`, `1e2`.
    case number(String)
    case string(String)
    case array([JSONValue])
    /// In the order of the text; no name occurs twice.
    case object([Member])

    /// One `"name": value` of an object.
    struct Member: Equatable, Sendable {
        let name: String
        let value: JSONValue
    }

    /// What to call the type in a message to the caller.
    var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

extension JSONValue {
    enum TextKind {
        case name, string
    }

    /// Every string and name in the value, each with the name of its parameter (`items[0][sku]`); a name with that of
    /// the object it is in.
    func forEachText(
        at parameter: String = "",
        _ body: (_ parameter: String, _ text: String, _ kind: TextKind) throws(APIError) -> Void
    )
        throws(APIError)
    {
        switch self {
        case .null, .bool, .number: break
        case .string(let text): try body(parameter, text, .string)
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                try element.forEachText(at: "\(parameter)[\(index)]", body)
            }
        case .object(let members):
            for member in members {
                let name = parameter.isEmpty ? member.name : "\(parameter)[\(member.name)]"
                try body(parameter, member.name, .name)
                try member.value.forEachText(at: name, body)
            }
        }
    }
}

extension JSONValue {
    /// The value as one text whatever the spacing and the order of names it came with: for telling whether two requests
    /// are the same one.
    var canonicalText: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .number(let literal): literal
        case .string(let text): Self.quoted(text)
        case .array(let elements): "[\(elements.map(\.canonicalText).joined(separator: ","))]"
        case .object(let members):
            "{"
                + members.sorted { $0.name < $1.name }
                .map { "\(Self.quoted($0.name)):\($0.value.canonicalText)" }.joined(separator: ",")
                + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        "\""
            + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            + "\""
    }
}
