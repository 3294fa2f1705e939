import Hummingbird
import ServiceRuntime

/// The JSON object that a request brings, read strictly and screened.
struct JSONBody: Sendable {
    /// Bytes; more than any request of this API needs. `HTTPServer` keeps to it.
    static let maximumSize = 64 * 1024

    let members: [JSONValue.Member]

    /// The same for two bodies that say the same: for an idempotency key's fingerprint.
    var canonical: [UInt8] { Array(JSONValue.object(members).canonicalText.utf8) }

    init(_ request: Request) async throws {
        let buffer = try await request.body.collect(upTo: Self.maximumSize)
        // A POST that needs no parameters may come without a body, and then its type says nothing.
        guard buffer.readableBytes > 0 else {
            self.init()
            return
        }
        guard Self.isJSON(request.headers[.contentType]) else { throw APIError.unsupportedMediaType }
        try self.init(Array(buffer.readableBytesView))
    }

    private init() {
        members = []
    }

    init(_ bytes: [UInt8]) throws(APIError) {
        let value: JSONValue
        do {
            value = try JSONParser.parse(bytes)
        } catch {
            throw .invalidRequest(code: "invalid_json", message: "The body is not valid JSON: \(error).")
        }
        try TextScreen.check(value)
        guard case .object(let members) = value else {
            throw .invalidRequest(
                code: "invalid_json", message: "The body must be a JSON object; received \(value.typeName).")
        }
        self.members = members
    }

    func fields(_ allowed: Set<String>) throws(APIError) -> Fields {
        try Fields(members, allowed: allowed)
    }

    private static func isJSON(_ contentType: String?) -> Bool {
        guard let contentType, let type = MediaType(from: contentType),
            type.type == .application, type.subType.lowercased() == "json"
        else { return false }
        // JSON has no other encoding between systems (RFC 8259, 8.1).
        guard let parameter = type.parameter, parameter.name.lowercased() == "charset" else { return true }
        return parameter.value.lowercased() == "utf-8"
    }
}
