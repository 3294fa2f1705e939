/// A value of a form: text, a list or a nested form.
package enum FormValue: Sendable, Hashable {
    case text(String)
    case list([FormValue])
    case form(FormBody)

    package static func number(_ value: some BinaryInteger & Sendable) -> FormValue { .text(String(value)) }

    package static func flag(_ value: Bool) -> FormValue { .text(value ? "true" : "false") }

    package static func list(_ texts: [String]) -> FormValue { .list(texts.map(FormValue.text)) }

    /// nil for an empty map. The order is the keys': the same map must make the same body, because Stripe compares a
    /// repeated idempotency key's parameters.
    package static func map(_ map: [String: String]) -> FormValue? {
        guard !map.isEmpty else { return nil }
        return .form(FormBody(map.sorted { $0.key < $1.key }.map { ($0.key, .text($0.value)) }))
    }

    /// nil for a form without fields, which would be sent as nothing at all.
    static func unlessEmpty(_ form: FormBody) -> FormValue? { form.fields.isEmpty ? nil : .form(form) }
}

extension FormValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .text(value) }
    package init(integerLiteral value: Int64) { self = .number(value) }
    package init(booleanLiteral value: Bool) { self = .flag(value) }
    package init(arrayLiteral elements: FormValue...) { self = .list(elements) }
    package init(dictionaryLiteral elements: (String, FormValue?)...) { self = .form(FormBody(elements)) }
}
