import FoundationEssentials
import OrderedCollections

/// Turns what a call sent, all text, into typed values, or refuses it as Stripe does.
///
/// What is sent empty to unset a field becomes `null`.
struct ParameterCheck {
    private var unknown: [String] = []

    /// - Parameter sent: the form as a tree; its leaves are strings.
    static func typed(_ sent: JSON, by schema: ParameterSchema) throws(StripeFailure) -> JSON {
        var check = ParameterCheck()
        let typed = try check.object(sent, by: schema, at: nil)
        if !check.unknown.isEmpty { throw .unknownParameter(check.unknown) }
        return typed
    }

    private mutating func object(
        _ sent: JSON, by schema: ParameterSchema, at path: String?
    ) throws(StripeFailure) -> JSON {
        guard case .object(let fields) = sent else { throw .invalid("Invalid object", param: path) }
        var typed: OrderedDictionary<String, JSON> = [:]
        for (name, value) in fields {
            let place = path.map { "\($0)[\(name)]" } ?? name
            guard let field = schema.fields[name] else {
                unknown.append(place)
                continue
            }
            typed[name] = try self.field(value, by: field, at: place)
        }
        // Unknown ones are reported first: a misspelt name explains a missing one.
        if unknown.isEmpty, let name = schema.required.first(where: { typed[$0] == nil }) {
            throw .missing(path.map { "\($0)[\(name)]" } ?? name)
        }
        return .object(typed)
    }

    private mutating func field(
        _ sent: JSON, by field: ParameterSchema.Field, at place: String
    ) throws(StripeFailure) -> JSON {
        if case .string("") = sent {
            if field.canBeEmpty { return .null }
            switch field.type {
            case .text where !field.isRequired && !field.isList, .any: return .null
            default: throw .empty(place)
            }
        }
        guard field.isList else { return try value(sent, of: field.type, at: place) }
        guard case .array(let values) = sent else { throw .invalid("Invalid array", param: place) }
        var typed: [JSON] = []
        for (index, element) in values.enumerated() {
            typed.append(try value(element, of: field.type, at: "\(place)[\(index)]"))
        }
        return .array(typed)
    }

    private mutating func value(
        _ sent: JSON, of type: ParameterSchema.FieldType, at place: String
    ) throws(StripeFailure) -> JSON {
        switch type {
        case .any: return sent
        case .object(let schema): return try object(sent, by: schema, at: place)
        case .range: return try range(sent, at: place)
        case .map:
            // Names that happen to be 0, 1, 2… made a list of it.
            let fields =
                if case .array(let values) = sent {
                    OrderedDictionary(uniqueKeysWithValues: values.enumerated().map { (String($0.offset), $0.element) })
                } else { sent.fields }
            guard sent.string == nil, fields.values.allSatisfy({ $0.string != nil }) else {
                throw .invalid("Invalid object", param: place)
            }
            return .object(fields)
        case .int where sent.int != nil, .bool where sent.bool != nil: return sent  // from a JSON body
        case .text, .int, .bool, .number, .oneOf:
            guard let text = sent.string else { throw .invalid("Invalid string: \(sent.compact)", param: place) }
            return try scalar(text, of: type, at: place)
        }
    }

    private func scalar(
        _ text: String, of type: ParameterSchema.FieldType, at place: String
    ) throws(StripeFailure) -> JSON {
        switch type {
        case .int:
            guard let value = Int64(text) else {
                throw .invalid("Invalid integer: \(text)", code: "parameter_invalid_integer", param: place)
            }
            return .int(value)
        case .bool:
            guard text == "true" || text == "false" else { throw .invalid("Invalid boolean: \(text)", param: place) }
            return .bool(text == "true")
        case .number:
            guard Double(text)?.isFinite == true else { throw .invalid("Invalid decimal: \(text)", param: place) }
            return .string(text)
        case .oneOf(let values):
            guard values.contains(text) else {
                throw .invalid("Invalid \(place): must be one of \(Self.choice(values))", param: place)
            }
            return .string(text)
        default:
            guard text.utf8.count <= 5000 else {
                throw .invalid(
                    "Invalid string: \(text.prefix(10))...\(text.suffix(10)); must be at most 5000 characters",
                    param: place)
            }
            return .string(text)
        }
    }

    /// A time, or bounds for one: always bounds afterwards.
    private func range(_ sent: JSON, at place: String) throws(StripeFailure) -> JSON {
        if let text = sent.string {
            let time = try scalar(text, of: .int, at: place)
            return ["gte": time, "lte": time]
        }
        var bounds: JSON = [:]
        for (name, value) in sent.fields {
            guard ["gt", "gte", "lt", "lte"].contains(name), let text = value.string else {
                throw .unknownParameter(["\(place)[\(name)]"])
            }
            bounds[name] = try scalar(text, of: .int, at: "\(place)[\(name)]")
        }
        return bounds
    }

    /// `a, b, or c`
    private static func choice(_ values: [String]) -> String {
        switch values.count {
        case 0, 1: values.joined()
        case 2: "\(values[0]) or \(values[1])"
        default: values.dropLast().joined(separator: ", ") + ", or " + values[values.count - 1]
        }
    }
}

extension StripeFailure {
    static func empty(_ param: String) -> Self {
        invalid(
            "You passed an empty string for '\(param)'. We assume empty values are an attempt to unset a field; however "
                + "'\(param)' cannot be unset. You should remove '\(param)' from your request or supply a non-empty value.",
            code: "parameter_invalid_empty", param: param)
    }
}
