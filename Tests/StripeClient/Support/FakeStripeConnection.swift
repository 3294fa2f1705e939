import NIOCore
import NIOHTTP1

/// One connection to ``FakeStripe``.
final class FakeStripeConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let server: FakeStripe
    private var head: HTTPRequestHead?
    private var body = ""

    init(server: FakeStripe) {
        self.server = server
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = ""
        case .body(let part): body += String(buffer: part)
        case .end:
            guard let head else { return }
            reply(server.receive(head, body: body), context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func reply(_ reply: FakeStripe.Reply, _ context: ChannelHandlerContext) {
        switch reply {
        case .answer(let status, let fields, let body):
            var headers: HTTPHeaders = ["Content-Length": String(body.utf8.count)]
            for field in fields { headers.add(name: field.key, value: field.value) }
            head(status, headers, context)
            write(body, context)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        case .drop: context.close(promise: nil)
        case .hang: break
        case .dropInBody:
            head(200, ["Content-Length": "100"], context)
            write(#"{"id":"#, context)
            context.flush()
            context.close(promise: nil)
        case .hangInBody:
            head(200, ["Content-Length": "100"], context)
            write(#"{"id":"#, context)
            context.flush()
        case .endless:
            head(200, [:], context)
            pour(context)
        case .huge(let length):
            head(200, ["Content-Length": String(length), "Request-Id": "req_huge"], context)
            context.flush()
        }
    }

    private func head(_ status: Int, _ headers: HTTPHeaders, _ context: ChannelHandlerContext) {
        let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
    }

    private func write(_ text: String, _ context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
    }

    private func pour(_ context: ChannelHandlerContext) {
        let part = ByteBuffer(repeating: UInt8(ascii: " "), count: 64 << 10)
        let promise = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(part))), promise: promise)
        promise.futureResult.assumeIsolated().whenSuccess { self.pour(context) }
    }
}
