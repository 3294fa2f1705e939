import Crypto
import HTTPTypes
import Hummingbird
import NIOCore

/// A file that was built into the program, as it is served: with a tag by which browsers ask whether theirs still is
/// the same.
struct Asset: Sendable {
    private let contents: ByteBuffer
    private let contentType: String
    let tag: String

    init(_ bytes: [UInt8], contentType: String) {
        contents = ByteBuffer(bytes: bytes)
        self.contentType = contentType
        let hash = SHA256.hash(data: bytes).prefix(12)
        tag = "\"" + hash.map { byte in String(byte, radix: 16).leftPadded(to: 2) }.joined() + "\""
    }

    func response(to request: Request) -> Response {
        var headers: HTTPFields = [
            .eTag: tag, .cacheControl: "no-cache", .xContentTypeOptions: "nosniff",
        ]
        // RFC 9110, 13.1.2: the comparison is weak, and `*` stands for whatever there is.
        let held = request.headers[.ifNoneMatch]?.split(separator: ",").map { $0.trimmed.removingWeakness } ?? []
        guard !held.contains(tag), !held.contains("*") else { return Response(status: .notModified, headers: headers) }
        headers[.contentType] = contentType
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: contents))
    }
}

extension String {
    fileprivate func leftPadded(to width: Int) -> String {
        String(repeating: "0", count: max(0, width - count)) + self
    }

    fileprivate var removingWeakness: String { hasPrefix("W/") ? String(dropFirst(2)) : self }
}

extension Substring {
    fileprivate var trimmed: String {
        String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}
