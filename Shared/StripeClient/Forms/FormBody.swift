/// The parameters of a call, in the order they were given.
///
/// ```swift
/// ["amount": .number(amount), "customer": customer.map(FormValue.text), "payment_method_options": ["card": [:]]]
/// ```
package struct FormBody: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    package struct Field: Sendable, Hashable {
        package let name: String
        package let value: FormValue
    }

    package private(set) var fields: [Field]

    package static let empty: FormBody = [:]

    /// Fields without a value are left out.
    package init(_ fields: [(String, FormValue?)]) {
        self.fields = fields.compactMap { name, value in value.map { Field(name: name, value: $0) } }
    }

    package init(dictionaryLiteral elements: (String, FormValue?)...) {
        self.init(elements)
    }

    /// Gives `name` another value, in the place of the old one; nil leaves the form as it is.
    package mutating func set(_ name: String, _ value: FormValue?) {
        guard let value else { return }
        let field = Field(name: name, value: value)
        if let index = fields.firstIndex(where: { $0.name == name }) {
            fields[index] = field
        } else {
            fields.append(field)
        }
    }
}
