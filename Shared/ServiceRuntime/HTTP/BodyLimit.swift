import Hummingbird

/// Bounds how much of a body anyone can make us read.
///
/// A `Content-Length` beyond the limit is refused before a byte of the body is read. Since that header may lie or be
/// absent (chunked encoding), the bytes are counted as well.
struct BodyLimit: RouterMiddleware {
    let bytes: Int

    func handle(
        _ request: Request, context: AppRequestContext, next: (Request, AppRequestContext) async throws -> Response
    ) async throws -> Response {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > bytes {
            // The rest of the body is still on its way: this connection is of no use for another request.
            context.responseHeaders.set(.connection, "close")
            throw APIError.requestTooLarge(limit: bytes)
        }
        var context = context
        context.maxUploadSize = bytes
        var request = request
        request.body = RequestBody(
            asyncSequence: LimitedBody(base: request.body, limit: bytes, headers: context.responseHeaders))
        return try await next(request, context)
    }
}

/// A body that throws once it grows beyond its limit.
private struct LimitedBody: AsyncSequence, Sendable {
    let base: RequestBody
    let limit: Int
    let headers: ResponseHeaders

    func makeAsyncIterator() -> Iterator {
        Iterator(base: base.makeAsyncIterator(), limit: limit, rest: limit, headers: headers)
    }

    struct Iterator: AsyncIteratorProtocol {
        var base: RequestBody.AsyncIterator
        let limit: Int
        var rest: Int
        let headers: ResponseHeaders

        mutating func next() async throws -> ByteBuffer? {
            guard let chunk = try await base.next() else { return nil }
            rest -= chunk.readableBytes
            guard rest >= 0 else {
                headers.set(.connection, "close")
                throw APIError.requestTooLarge(limit: limit)
            }
            return chunk
        }
    }
}
