import HTTPTypes
import Hummingbird
import ServiceRuntime

/// What the form before the dashboard sends: `key=ck_test_…`.
enum LoginForm {
    /// Bytes; a key is a good deal shorter.
    private static let maximumSize = 4096

    /// The key as it was typed or pasted; nil for what is no such form.
    static func key(_ request: Request) async throws -> String? {
        let type = request.headers[.contentType].flatMap { MediaType(from: $0) }
        guard let type, type.type == .application, type.subType.lowercased() == "x-www-form-urlencoded" else {
            return nil
        }
        let body = String(buffer: try await request.body.collect(upTo: maximumSize))
        for pair in body.split(separator: "&") where pair.hasPrefix("key=") {
            let key = PercentEncoding.decodeForm(pair.dropFirst(4)) ?? ""
            // What comes along with copying.
            return String(key.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        }
        return nil
    }
}
