import Foundation
import Security

/// Takes secrets out of what an operator is shown: what a terminal shows is logged, shared and photographed.
enum Masking {
    /// JSON text as a value, with the values of secret fields masked at every depth. An object inside a text (a
    /// delivery's body) is shown as an object. What is no JSON is masked as text.
    static func json(_ text: String) -> JSON {
        guard let value = try? JSONDecoder().decode(JSON.self, from: Data(text.utf8)) else {
            return .text(Self.text(text))
        }
        return masked(value)
    }

    private static func masked(_ value: JSON) -> JSON {
        switch value {
        // The object is shorter than the text around it, so this ends.
        case .text(let text): text.hasPrefix("{") ? json(text) : .text(Self.text(text))
        case .list(let values): .list(values.map { masked($0) })
        case .object(let fields):
            .object(
                Dictionary(
                    uniqueKeysWithValues: fields.map { name, value in
                        (name, isSecret(name) && !value.isNull ? .text(Secret.mask) : masked(value))
                    }))
        case .null, .bool, .int, .resource: value
        }
    }

    private static func isSecret(_ field: String) -> Bool {
        let name = field.lowercased()
        // Whoever has the link to an invoice can read and pay it.
        return ["secret", "password", "authorization", "api_key", "link"].contains { name.hasSuffix($0) }
    }

    /// Text with every secret in it masked, and all else as it is: the values of JSON fields named `…secret`, Stripe's
    /// keys and our own, signing secrets, client secrets.
    static func text(_ text: String) -> String {
        let field = /(secret"\s*:\s*")(?:[^"\\]|\\.)+/
        let key = /\b(?:sk|rk|ck)_(?:test|live)_\w+/.wordBoundaryKind(.simple).asciiOnlyWordCharacters()
        let signing = /\bwhsec_[\w+\/=-]+/.wordBoundaryKind(.simple).asciiOnlyWordCharacters()
        let client = /(_secret_)\w+/.asciiOnlyWordCharacters()
        return
            text
            .replacing(field) { "\($0.output.1)\(Secret.mask)" }
            .replacing(key) { _ in Secret.mask }
            .replacing(signing) { _ in Secret.mask }
            .replacing(client) { "\($0.output.1)\(Secret.mask)" }
    }
}
