import Commerce
import Foundation
import HummingbirdCore
import ServiceRuntime

/// The parameters in a URL's query. As in a body, a name that is not known is refused, and so is one given twice.
struct QueryFields {
    private var values: [String: String] = [:]

    init(_ uri: URI, allowed: Set<String>) throws(APIError) {
        var unknown: [String] = []
        for pair in (uri.query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decodeForm(parts[0]),
                let value = PercentEncoding.decodeForm(parts.count == 2 ? parts[1] : "")
            else {
                throw .invalidRequest(
                    param: nil, code: "invalid_query",
                    message: "The query of the URL is not valid percent-encoded UTF-8.")
            }
            guard allowed.contains(name) else {
                unknown.append(name)
                continue
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw .invalidRequest(
                    param: name, code: "parameter_invalid_repeated", message: "\(name) may be given once.")
            }
        }
        guard unknown.isEmpty else { throw .unknownParameters(unknown) }
    }

    /// The text of a parameter, or nil where it was left out.
    func string(_ name: String) throws(APIError) -> String? {
        guard let value = values[name] else { return nil }
        guard !value.isEmpty else { throw .emptyString(name) }
        try TextScreen.refuseNUL(in: value, name)
        return value
    }

    /// An integer in plain digits, or nil where it was left out.
    func integer(_ name: String) throws(APIError) -> Int64? {
        guard let value = values[name] else { return nil }
        guard let integer = Int64(value), !value.hasPrefix("+") else { throw .notAnInteger(name) }
        return integer
    }

    /// `limit` and `starting_after`.
    func page() throws -> PageRequest {
        let limit = try integer("limit")
        return try PageRequest(limit: limit.map { Int(clamping: $0) }, startingAfter: try string("starting_after"))
    }

    static let page: Set<String> = ["limit", "starting_after"]
}
