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
        let length = request.headers[.contentLength].flatMap { Int($0) }
        if let length, length > bytes {
            // The rest of the body is still on its way: this connection is of no use for another request.
            context.responseHeaders.set(.connection, "close")
            throw APIError.requestTooLarge(limit: bytes)
        }
        var context = context
        context.maxUploadSize = bytes
        var request = request
        request.body = RequestBody(
            asyncSequence: LimitedBody(
                base: request.body, limit: bytes, declared: length, headers: context.responseHeaders))
        return try await next(request, context)
    }
}

/// A body that throws once it grows beyond its limit, and if it ends before its declared length.
private struct LimitedBody: AsyncSequence, Sendable {
    let base: RequestBody
    let limit: Int
    let declared: Int?
    let headers: ResponseHeaders

    func makeAsyncIterator() -> Iterator {
        Iterator(base: base.makeAsyncIterator(), body: self)
    }

    struct Iterator: AsyncIteratorProtocol {
        var base: RequestBody.AsyncIterator
        let body: LimitedBody
        var received = 0

        mutating func next() async throws -> ByteBuffer? {
            guard let chunk = try await read() else {
                // Hummingbird takes a connection that closes for the end of the body.
                if let declared = body.declared, received < declared { throw brokenOff(nil) }
                return nil
            }
            received += chunk.readableBytes
            guard received <= body.limit else {
                body.headers.set(.connection, "close")
                throw APIError.requestTooLarge(limit: body.limit)
            }
            return chunk
        }

        private mutating func read() async throws -> ByteBuffer? {
            do {
                return try await base.next()
            } catch let error as CancellationError {
                throw error
            } catch {
                throw brokenOff(error)  // The client left, or what it sends is not HTTP.
            }
        }

        private func brokenOff(_ cause: (any Error)?) -> APIError {
            body.headers.set(.connection, "close")
            return APIError(
                .badRequest, .invalidRequest, code: "body_incomplete",
                "The body broke off or is malformed; send the whole request again.", cause: cause)
        }
    }
}
