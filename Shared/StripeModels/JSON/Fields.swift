/// The fields of one of Stripe's objects, by the names that Stripe gives them.
typealias Fields = KeyedDecodingContainer<FieldName>

struct FieldName: CodingKey, ExpressibleByStringLiteral {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init(stringLiteral value: String) { stringValue = value }
    init?(intValue: Int) { nil }
}

extension Decoder {
    func fields() throws -> Fields {
        try container(keyedBy: FieldName.self)
    }

    /// The fields of an object that must be one of `names`, if it says what it is: a charge is never read as a refund.
    func fields(of names: String...) throws -> Fields {
        let fields = try fields()
        if let object: String = try fields.optional("object"), !names.contains(object) {
            throw DecodingError.typeMismatch(
                String.self,
                .init(codingPath: codingPath + ["object" as FieldName], debugDescription: "not a \(names[0])"))
        }
        return fields
    }
}

extension Fields {
    func required<T: Decodable>(_ name: FieldName) throws -> T {
        try located(name) { try decode(T.self, forKey: name) }
    }

    /// nil for a field that is absent or null.
    func optional<T: Decodable>(_ name: FieldName) throws -> T? {
        try located(name) { try decodeIfPresent(T.self, forKey: name) }
    }

    /// nil also for a field of another type: for what must not hide the rest of its object.
    func readable<T: Decodable>(_ name: FieldName) -> T? {
        try? optional(name)
    }

    /// The decoder throws an error of its own, without a place, for a number that does not fit.
    private func located<T>(_ name: FieldName, _ decode: () throws -> T) throws -> T {
        do {
            return try decode()
        } catch let error as DecodingError {
            throw error
        } catch {
            throw DecodingError.dataCorrupted(
                .init(codingPath: codingPath + [name], debugDescription: "unreadable", underlyingError: error))
        }
    }

    /// The id in an expandable field, which holds the id itself or, expanded, the whole object.
    func id(_ name: FieldName) throws -> String? {
        try decodeIfPresent(ExpandableID.self, forKey: name)?.id
    }

    /// Stripe keeps metadata as text only; an absent or null one is empty.
    func metadata() throws -> [String: String] {
        try optional("metadata") ?? [:]
    }

    /// The fields of the object in `name`; nil when it is absent, null or no object.
    func object(_ name: FieldName) -> Fields? {
        try? nestedContainer(keyedBy: FieldName.self, forKey: name)
    }
}

struct ExpandableID: Decodable {
    let id: String?

    init(from decoder: any Decoder) throws {
        if let id = try? decoder.singleValueContainer().decode(String.self) {
            self.id = id
        } else {
            id = try decoder.fields().optional("id")
        }
    }
}
