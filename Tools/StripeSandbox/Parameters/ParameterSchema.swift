/// What one call, or one nested object, may carry.
///
/// Written as `name`, then its type, then its marks, separated by spaces:
///
///     amount:int! metadata:map? expand* address{city country} capture_method(automatic| manual) shipping$13
///
/// Types: none (text), `:int`, `:bool`, `:number`, `:map` (text by name), `:range` (a time, or `gt`/`gte`/`lt`/`lte`),
/// `:any` (not looked into), `(a| b)` one of these, `{…}` an object, `$n` a type named at the head of the table.
/// Marks: `*` a list of them, `!` required, `?` may be sent empty, which unsets it.
struct ParameterSchema: Sendable {
    struct Field: Sendable {
        var type: FieldType = .text
        var isList = false
        var isRequired = false
        var canBeEmpty = false
    }

    indirect enum FieldType: Sendable {
        case text, int, bool, number, map, range, any
        case oneOf([String])
        case object(ParameterSchema)
    }

    var fields: [String: Field] = [:]
    /// The required ones in order, so that the same call is always told of the same one first.
    var required: [String] = []

    /// The schemas of all calls, by call (`POST /v1/customers`).
    static let all: [String: ParameterSchema] = ParameterTableReader(ParameterTable.source).calls()

    /// These fields and `others`, which take the place of those of the same name.
    func adding(_ others: [String: Field]) -> ParameterSchema {
        var schema = self
        schema.fields.merge(others) { $1 }
        schema.required += others.filter(\.value.isRequired).map(\.key).sorted()
        return schema
    }
}

/// Reads `ParameterTable.source`. A fault in the table is a fault of the program, found by the tests, so what cannot be
/// read is passed over.
private struct ParameterTableReader {
    private var heads: [(head: String, body: String)] = []
    private var named: [String: ParameterSchema.FieldType] = [:]

    init(_ source: String) {
        for line in source.split(separator: "\n") {
            if line.hasPrefix("    "), let last = heads.indices.last {
                heads[last].body += line.drop { $0 == " " } + " "
            } else {
                heads.append((String(line), ""))
            }
        }
    }

    func calls() -> [String: ParameterSchema] {
        var reader = self
        // The named types that others use come last.
        for (head, body) in heads.filter({ $0.head.hasPrefix("$") }).reversed() {
            var cursor = Cursor(body, named: reader.named)
            reader.named[head] = cursor.type()
        }
        var calls: [String: ParameterSchema] = [:]
        for (head, body) in heads where !head.hasPrefix("$") {
            var cursor = Cursor(body, named: reader.named)
            calls[head] = cursor.schema()
        }
        return calls
    }

    private struct Cursor {
        private var rest: Substring
        private let named: [String: ParameterSchema.FieldType]

        init(_ text: String, named: [String: ParameterSchema.FieldType]) {
            rest = text[...]
            self.named = named
        }

        mutating func schema() -> ParameterSchema {
            var schema = ParameterSchema()
            while true {
                skipSpaces()
                let name = word()
                if name.isEmpty { return schema }
                var field = ParameterSchema.Field(type: type())
                while let mark = rest.first, "*!?".contains(mark) {
                    rest.removeFirst()
                    if mark == "*" { field.isList = true }
                    if mark == "!" { field.isRequired = true }
                    if mark == "?" { field.canBeEmpty = true }
                }
                schema.fields[name] = field
                if field.isRequired { schema.required.append(name) }
            }
        }

        mutating func type() -> ParameterSchema.FieldType {
            switch rest.first {
            case ":":
                rest.removeFirst()
                let name = word()
                let plain: [String: ParameterSchema.FieldType] = [
                    "int": .int, "bool": .bool, "number": .number, "map": .map, "range": .range, "any": .any,
                ]
                return plain[name] ?? .text
            case "$":
                rest.removeFirst()
                return named["$" + word()] ?? .any
            case "(":
                rest.removeFirst()
                let values = rest.prefix { $0 != ")" }
                rest = rest[values.endIndex...].dropFirst()
                return .oneOf(values.split(separator: "|").map { $0.filter { $0 != " " } })
            case "{":
                rest.removeFirst()
                let schema = schema()
                skipSpaces()
                rest = rest.dropFirst()
                return .object(schema)
            default:
                return .text
            }
        }

        private mutating func word() -> String {
            let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            rest = rest[word.endIndex...]
            return String(word)
        }

        private mutating func skipSpaces() {
            rest = rest.drop { $0 == " " }
        }
    }
}
