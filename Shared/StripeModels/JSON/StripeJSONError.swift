/// Why bytes were not read as one of Stripe's objects. Names fields, never their values: the bytes may hold secrets.
package enum StripeJSONError: Error, Hashable, CustomStringConvertible {
    /// The bytes are not valid UTF-8.
    case notUTF8
    /// Objects and arrays are nested deeper than `limit`.
    case tooDeep(limit: Int)
    /// The bytes are no JSON object.
    case malformed
    /// The field at this path is missing, or has a type or size that it cannot have.
    case field(String)

    package var description: String {
        switch self {
        case .notUTF8: "The bytes are not UTF-8."
        case .tooDeep(let limit): "The JSON is nested deeper than \(limit) levels."
        case .malformed: "The bytes are not a JSON object."
        case .field(let path): "The field \(path) is missing or has an unexpected type."
        }
    }
}

extension StripeJSONError {
    init(_ error: any Error) {
        guard let error = error as? DecodingError else {
            self = .malformed
            return
        }
        switch error {
        case .keyNotFound(let key, let context): self = .field(Self.path(context.codingPath + [key]))
        case .typeMismatch(_, let context), .valueNotFound(_, let context): self = .field(Self.path(context.codingPath))
        case .dataCorrupted(let context):
            // With no path it is the text itself that could not be read.
            self = context.codingPath.isEmpty ? .malformed : .field(Self.path(context.codingPath))
        @unknown default: self = .malformed
        }
    }

    /// Keys of `metadata` are the sender's own text, so a path stops there.
    private static func path(_ keys: [any CodingKey]) -> String {
        var names: [String] = []
        for key in keys {
            names.append(key.intValue.map(String.init) ?? key.stringValue)
            if key.stringValue == "metadata" { break }
        }
        return names.isEmpty ? "(top level)" : names.joined(separator: ".")
    }
}
