import ServiceRuntime

/// The fields of one JSON object of a request, read one by one under the names that the caller knows them by.
///
/// A field that is not among `allowed` is refused at once and by name, as Stripe does, so that a misspelt one is never
/// silently left out. `null` is the same as leaving a field out. No message ever repeats a value.
struct Fields {
    private let members: [String: JSONValue]
    /// `""` for the body itself, `items[0]` for the first element of `items`.
    private let path: String

    init(_ members: [JSONValue.Member], at path: String = "", allowed: Set<String>) throws(APIError) {
        self.path = path
        var known: [String: JSONValue] = [:]
        var unknown: [String] = []
        for member in members {
            if !allowed.contains(member.name) {
                unknown.append(Self.join(path, member.name))
            } else if member.value != .null {
                known[member.name] = member.value
            }
        }
        guard unknown.isEmpty else { throw .unknownParameters(unknown) }
        self.members = known
    }

    /// Whether the caller sent the field with a value.
    func has(_ name: String) -> Bool {
        members[name] != nil
    }

    /// The name of the field in errors: `items[0][sku]`.
    func parameter(_ name: String) -> String {
        Self.join(path, name)
    }

    /// A string of one to `maximum` characters, or nil where it was left out.
    func string(_ name: String, maximum: Int) throws(APIError) -> String? {
        guard let value = members[name] else { return nil }
        guard case .string(let text) = value else { throw .wrongType(parameter(name), "a string", value.typeName) }
        guard !text.isEmpty else { throw .emptyString(parameter(name)) }
        guard text.unicodeScalars.count <= maximum else { throw .tooLong(parameter(name), maximum: maximum) }
        return text
    }

    /// A string that people write, and so may write a card number into.
    func freeText(_ name: String, maximum: Int) throws(APIError) -> String? {
        guard let text = try string(name, maximum: maximum) else { return nil }
        try TextScreen.refuseCardNumber(in: text, parameter(name))
        return text
    }

    /// One of the words, or nil where it was left out.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, of choices: Choice.Type
    ) throws(APIError) -> Choice? {
        guard let value = members[name] else { return nil }
        guard case .string(let text) = value else { throw .wrongType(parameter(name), "a string", value.typeName) }
        guard let choice = Choice(rawValue: text) else {
            throw .notAmong(parameter(name), Choice.allCases.map(\.rawValue))
        }
        return choice
    }

    /// `true` or `false`, or nil where it was left out.
    func flag(_ name: String) throws(APIError) -> Bool? {
        guard let value = members[name] else { return nil }
        guard case .bool(let flag) = value else { throw .wrongType(parameter(name), "a boolean", value.typeName) }
        return flag
    }

    /// An integer, or nil where it was left out. Only plain digits are one: `10.0`, `1e1` and `"10"` are refused.
    func integer(_ name: String, orTooLarge tooLarge: APIError? = nil) throws(APIError) -> Int64? {
        guard let value = members[name] else { return nil }
        guard case .number(let literal) = value else { throw .notAnInteger(parameter(name)) }
        guard literal.utf8.allSatisfy({ $0 == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= $0 })
        else { throw .notAnInteger(parameter(name)) }
        guard let integer = Int64(literal) else {
            // The literal is a valid integer, so it is out of range; below zero it is as wrong as -1.
            throw literal.hasPrefix("-") ? .notPositive(parameter(name)) : tooLarge ?? .notAnInteger(parameter(name))
        }
        return integer
    }

    /// An integer within `range`, or nil where it was left out.
    func integer(_ name: String, in range: ClosedRange<Int64>) throws(APIError) -> Int64? {
        guard let integer = try integer(name) else { return nil }
        guard range.contains(integer) else {
            throw .invalidRequest(
                param: parameter(name), code: "parameter_invalid_integer",
                message: "\(parameter(name)) must be from \(range.lowerBound) to \(range.upperBound).")
        }
        return integer
    }

    /// The objects of a list, or nil where it was left out. Each is to be read with `Fields(_:at:allowed:)`.
    func objects(_ name: String, count: ClosedRange<Int>, allowed: Set<String>) throws(APIError) -> [Fields]? {
        guard let value = members[name] else { return nil }
        guard case .array(let elements) = value else { throw .wrongType(parameter(name), "an array", value.typeName) }
        guard count.contains(elements.count) else { throw .wrongCount(parameter(name), count) }
        var objects: [Fields] = []
        for (index, element) in elements.enumerated() {
            let path = "\(parameter(name))[\(index)]"
            guard case .object(let members) = element else { throw .wrongType(path, "an object", element.typeName) }
            objects.append(try Fields(members, at: path, allowed: allowed))
        }
        return objects
    }

    /// The members of an object with names of the caller's own choice, or nil where it was left out.
    func members(_ name: String) throws(APIError) -> [JSONValue.Member]? {
        guard let value = members[name] else { return nil }
        guard case .object(let members) = value else { throw .wrongType(parameter(name), "an object", value.typeName) }
        return members
    }

    private static func join(_ path: String, _ name: String) -> String {
        path.isEmpty ? name : "\(path)[\(name)]"
    }
}
