import OrderedCollections

extension JSON {
    /// Two spaces a level, as Stripe answers and sends webhooks.
    var pretty: String { written(indented: true) }

    /// On one line.
    var compact: String { written(indented: false) }

    private func written(indented: Bool) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(2048)
        var writer = JSONWriter(indented: indented, bytes: bytes)
        writer.write(self)
        bytes = writer.bytes
        return String(decoding: bytes, as: UTF8.self)
    }
}

private struct JSONWriter {
    let indented: Bool
    var bytes: [UInt8]
    private var depth = 0

    init(indented: Bool, bytes: [UInt8]) {
        self.indented = indented
        self.bytes = bytes
    }

    mutating func write(_ value: JSON) {
        switch value {
        case .null: append("null")
        case .bool(let value): append(value ? "true" : "false")
        case .int(let value): append(String(value))
        case .double(let value): append(value.isFinite ? String(value) : "null")
        case .string(let value): write(string: value)
        case .array(let values):
            list(values, opening: "[", closing: "]") { $0.write($1) }
        case .object(let fields):
            list(fields.elements, opening: "{", closing: "}") { writer, field in
                writer.write(string: field.key)
                writer.append(writer.indented ? ": " : ":")
                writer.write(field.value)
            }
        }
    }

    private mutating func list<Values: Collection>(
        _ values: Values, opening: String, closing: String, each: (inout Self, Values.Element) -> Void
    ) {
        append(opening)
        depth += 1
        var isFirst = true
        for value in values {
            if !isFirst { append(",") }
            isFirst = false
            newLine()
            each(&self, value)
        }
        depth -= 1
        if !values.isEmpty { newLine() }
        append(closing)
    }

    private mutating func newLine() {
        guard indented else { return }
        append("\n")
        for _ in 0..<depth { append("  ") }
    }

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func write(string: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\\"): append("\\\\")
            case UInt8(ascii: "\n"): append("\\n")
            case UInt8(ascii: "\r"): append("\\r")
            case UInt8(ascii: "\t"): append("\\t")
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                append("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
