import OrderedCollections

/// Reads `a=1&b[c]=2&d[]=3&e[0][f]=4` into a tree of objects and lists whose leaves are strings.
enum FormBodyParser {
    static func parse(_ text: some StringProtocol) throws(StripeFailure) -> JSON {
        var root = Node()
        for pair in text.split(separator: "&", omittingEmptySubsequences: true) {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = decoded(parts[0])
            let value = parts.count > 1 ? decoded(parts[1]) : ""
            let path = try path(name)
            guard root.set(path[...], to: value) else {
                throw .invalid("Invalid request: the parameter \(name) is both a value and an object.", param: path[0])
            }
        }
        return root.json
    }

    /// `+` and `%41` undone; a broken escape stays as it is, and what is then no UTF-8 gets replacement characters.
    private static func decoded(_ text: some StringProtocol) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2, rest.first != UInt8(ascii: "+"),
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `a[b][]` → `a`, `b`, ``
    private static func path(_ name: String) throws(StripeFailure) -> [String] {
        guard let bracket = name.firstIndex(of: "["), bracket != name.startIndex else { return [name] }
        var path = [String(name[..<bracket])]
        var rest = name[bracket...]
        while !rest.isEmpty {
            guard rest.first == "[", let end = rest.firstIndex(of: "]") else {
                throw .invalid("Invalid request: unbalanced brackets in \(name).", param: path[0])
            }
            path.append(String(rest[rest.index(after: rest.startIndex)..<end]))
            rest = rest[rest.index(after: end)...]
        }
        guard path.count <= 12 else { throw .invalid("Invalid request: nested too deeply.", param: path[0]) }
        return path
    }
}

/// A place in the tree: a value, or what is below it.
private struct Node {
    private var value: String?
    private var children: OrderedDictionary<String, Node> = [:]
    private var appended = 0

    /// False when the place is a value already and shall hold others, or the other way round.
    mutating func set(_ path: ArraySlice<String>, to text: String) -> Bool {
        guard let name = path.first else {
            guard children.isEmpty else { return false }
            value = text
            return true
        }
        guard value == nil else { return false }
        var key = name
        if name.isEmpty {
            key = String(appended)
            appended += 1
        }
        return children[key, default: Node()].set(path.dropFirst(), to: text)
    }

    /// An object whose names are 0, 1, 2… is a list.
    var json: JSON {
        if let value { return .string(value) }
        let numbers = children.keys.map { Int($0) }
        if !children.isEmpty, Set(numbers) == Set(0..<children.count) {
            return .array((0..<children.count).compactMap { children[String($0)]?.json })
        }
        return .object(children.mapValues(\.json))
    }
}
