import Security

/// What text from outside must be like before it is stored: bounded, without NUL (PostgreSQL cannot hold it), and without
/// a card number.
enum FieldRules {
    /// Ten years: sums of times stay far from overflowing.
    static let longestDuration: Duration = .seconds(10 * 366 * 86_400)

    /// How long an old key or secret still counts beside its successor, in µs.
    static func overlap(_ overlap: Duration) throws(CommerceError) -> Int64 {
        guard overlap >= .zero, overlap <= .seconds(90 * 86_400) else {
            throw .invalid("overlap", "overlap must be from 0 to 90 days.")
        }
        return overlap.microseconds
    }

    /// Returns `value` if it has 1 to `limit` characters.
    static func text(_ value: String, _ param: String, limit: Int) throws(CommerceError) -> String {
        guard !value.isEmpty else { throw .missing(param, "\(param) must not be empty.") }
        let count = value.unicodeScalars.count
        guard count <= limit else {
            throw .invalid(param, "\(param) must have at most \(limit) characters; this one has \(count).")
        }
        guard !value.utf8.contains(0) else { throw .invalid(param, "\(param) must not hold a NUL character.") }
        return value
    }

    /// An empty text is no text.
    static func optionalText(_ value: String?, _ param: String, limit: Int) throws(CommerceError) -> String? {
        guard let value, !value.isEmpty else { return nil }
        return try text(value, param, limit: limit)
    }

    /// One word of visible ASCII, as ids and keys are.
    static func word(_ value: String, _ param: String, limit: Int = 255) throws(CommerceError) -> String {
        let value = try text(value, param, limit: limit)
        guard value.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw .invalid(param, "\(param) must hold visible ASCII characters only, no spaces.")
        }
        return value
    }

    /// A card number pasted into free text would be stored, logged by others and sent on: it is refused at the door.
    static func noCardNumber(in value: String, _ param: String) throws(CommerceError) {
        guard !CardNumber.occurs(in: value) else {
            throw CommerceError(
                .invalid, .cardNumberRefused,
                "\(param) holds what looks like a card number; send none, the card is entered on Stripe's form only.",
                param: param)
        }
    }

    /// Stripe: "Metadata": at most 50 keys of 40 characters with values of 500. One key is kept for our own use.
    static func metadata(
        _ metadata: [String: String], _ name: String = "metadata", limit: Int = 49
    ) throws(CommerceError) -> [String: String] {
        guard metadata.count <= limit else {
            throw .invalid(name, "\(name) must have at most \(limit) keys; this has \(metadata.count).")
        }
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            try noCardNumber(in: key, name)
            let param = "\(name)[\(key.prefix(40))]"
            guard !StripeMark.keys.contains(key) else {
                throw .invalid(param, "The metadata key \(key) is this service's own; use another.")
            }
            guard (1...40).contains(key.unicodeScalars.count), !key.contains(where: { "[]\0".contains($0) }) else {
                throw .invalid(param, "A metadata key must have 1 to 40 characters, without square brackets.")
            }
            guard value.unicodeScalars.count <= 500, !value.utf8.contains(0) else {
                throw .invalid(param, "\(param) must have at most 500 characters, none of them NUL.")
            }
            try noCardNumber(in: value, param)
        }
        return metadata
    }

    /// Something before and after one `@`, and no spaces: whether it exists only the mail itself can tell.
    static func email(_ value: String?, _ param: String) throws(CommerceError) -> String? {
        guard let value = try optionalText(value, param, limit: 254) else { return nil }
        let parts = value.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts.contains(where: \.isEmpty),
            value.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7f })
        else { throw .invalid(param, "\(param) must be an email address, like buyer@example.com.") }
        return value
    }
}
