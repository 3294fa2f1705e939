import OrderedCollections

/// A JSON value; objects keep the order of their fields, as Stripe's answers do.
///
/// The sandbox's resources are documents, not structs: half of what Stripe sends is fields that are only carried along,
/// and a document can be merged, expanded, stored and sent as it is.
enum JSON: Sendable, Hashable {
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case string(String)
    case array([JSON])
    case object(OrderedDictionary<String, JSON>)
}

extension JSON {
    var isNull: Bool { self == .null }

    var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    var int: Int64? {
        if case .int(let value) = self { value } else { nil }
    }

    /// The number, written as an integer or not.
    var number: Double? {
        switch self {
        case .int(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }

    var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The elements; none when this is no array.
    var elements: [JSON] {
        if case .array(let values) = self { values } else { [] }
    }

    /// The fields; none when this is no object.
    var fields: OrderedDictionary<String, JSON> {
        if case .object(let fields) = self { fields } else { [:] }
    }

    /// A field of an object. Reading an absent field, or a field of something else, gives `null`; setting a field of
    /// something else makes it an object.
    subscript(name: String) -> JSON {
        get {
            if case .object(let fields) = self { fields[name] ?? .null } else { .null }
        }
        set {
            var fields = fields
            self = .null  // so that the dictionary is not copied to be changed
            fields[name] = newValue
            self = .object(fields)
        }
    }

    /// Whether an object has this field, be it `null`.
    func has(_ name: String) -> Bool {
        if case .object(let fields) = self { fields[name] != nil } else { false }
    }

    mutating func remove(_ name: String) {
        guard case .object(var fields) = self else { return }
        fields.removeValue(forKey: name)
        self = .object(fields)
    }

    /// The fields of `other` over those of this object.
    mutating func merge(_ other: JSON) {
        self = .object(fields.merging(other.fields) { $1 })
    }

    func merging(_ other: JSON) -> JSON {
        var merged = self
        merged.merge(other)
        return merged
    }
}

extension JSON: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral,
    ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    init(nilLiteral: ()) { self = .null }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(integerLiteral value: Int64) { self = .int(value) }
    init(floatLiteral value: Double) { self = .double(value) }
    init(stringLiteral value: String) { self = .string(value) }
    init(arrayLiteral elements: JSON...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(OrderedDictionary(elements) { $1 })
    }

    init(_ value: String?) { self = value.map(JSON.string) ?? .null }
    init(_ value: Int64?) { self = value.map(JSON.int) ?? .null }
    init(_ value: Bool?) { self = value.map(JSON.bool) ?? .null }
    init(_ value: Int) { self = .int(Int64(value)) }
    init(_ values: [String]) { self = .array(values.map(JSON.string)) }
}
