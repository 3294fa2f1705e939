import FoundationEssentials
package import Hummingbird
import NIOCore

extension Request {
    /// The whole body, which is read at most up to the server's limit.
    ///
    /// - Throws: ``APIError/requestTooLarge(limit:)``.
    package func bytes(_ context: AppRequestContext) async throws -> [UInt8] {
        let buffer = try await body.collect(upTo: context.maxUploadSize)
        return Array(buffer.readableBytesView)
    }

    /// The body as JSON of the given shape.
    ///
    /// - Throws: an ``APIError`` that names the parameter at fault and the mend: 415 for another media type, 400 for
    ///   anything that does not read.
    package func json<T: Decodable>(as type: T.Type, _ context: AppRequestContext) async throws -> T {
        try checkIsJSON()
        return try Self.decode(type, from: try await bytes(context))
    }

    /// Refuses a body that says that it is something else than JSON. One that says nothing is taken for JSON.
    package func checkIsJSON() throws(APIError) {
        guard let given = headers[.contentType] else { return }
        let mediaType = given.prefix { $0 != ";" }.filter { !$0.isWhitespace }.lowercased()
        guard mediaType == "application/json" || mediaType.hasSuffix("+json") else { throw .unsupportedMediaType }
    }

    /// Reads JSON, and puts what is wrong with it into a caller's words.
    package static func decode<T: Decodable>(_ type: T.Type, from bytes: [UInt8]) throws(APIError) -> T {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            throw APIError(decoding: error, isEmpty: bytes.isEmpty)
        } catch let error as APIError {
            throw error  // A type that checks its own values while it is decoded.
        } catch {
            throw .invalidRequest(code: "parameter_invalid", message: "The body could not be read as JSON.")
        }
    }
}

extension APIError {
    /// Never repeats a value: it may be a card number, and messages are logged by whoever receives them.
    fileprivate init(decoding error: DecodingError, isEmpty: Bool) {
        self =
            switch error {
            case .keyNotFound(let key, let context):
                .missing(Self.param(context.codingPath + [key]) ?? key.stringValue)
            case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
                .wrongType(Self.param(context.codingPath), Self.name(of: type))
            case .dataCorrupted(let context) where !context.codingPath.isEmpty:
                .wrongType(Self.param(context.codingPath), "a valid value")
            case .dataCorrupted where isEmpty:
                .invalidRequest(
                    code: "invalid_json", message: "The body is empty; send a JSON object, if only {}.")
            default:
                .invalidRequest(
                    code: "invalid_json",
                    message: "The body is not valid JSON; send one JSON object in UTF-8.")
            }
    }

    private static func wrongType(_ param: String?, _ expected: String) -> APIError {
        guard let param else {
            return .invalidRequest(code: "invalid_json", message: "The body must be \(expected).")
        }
        return .invalidRequest(param: param, code: "parameter_invalid", message: "\(param) must be \(expected).")
    }

    /// Stripe's way of naming a nested parameter: `items[0][quantity]`.
    private static func param(_ path: [any CodingKey]) -> String? {
        guard let first = path.first else { return nil }
        return path.dropFirst().reduce(first.stringValue) { text, key in
            "\(text)[\(key.intValue.map(String.init) ?? key.stringValue)]"
        }
    }

    private static func name(of type: any Any.Type) -> String {
        switch type {
        case is any BinaryInteger.Type: "a whole number"
        case is any BinaryFloatingPoint.Type: "a number"
        case is String.Type: "a string"
        case is Bool.Type: "true or false"
        case is any ArrayLikeType.Type: "an array"
        default: "an object"
        }
    }
}

private protocol ArrayLikeType {}
extension Array: ArrayLikeType {}
