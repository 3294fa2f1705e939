import NIOCore
import NIOPosix
import Synchronization

/// A server that answers every connection with the same bytes, and then keeps silent, closes, or drips.
final class RawServer: Sendable {
    enum End: Sendable {
        case silence, close
        /// One byte again and again.
        case drip
    }

    let channel: any Channel
    private let tally: Tally
    var port: Int { channel.localAddress?.port ?? 0 }
    /// How many connections sent something.
    var callers: Int { tally.count.load(ordering: .relaxed) }

    private final class Tally: Sendable {
        let count = Atomic(0)
    }

    init(_ bytes: String, then end: End) async throws {
        let tally = Tally()
        self.tally = tally
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(bytes: bytes, end: end, tally: tally))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let bytes: String
        private let end: End
        private let tally: Tally
        private var hasAnswered = false

        init(bytes: String, end: End, tally: Tally) {
            self.bytes = bytes
            self.end = end
            self.tally = tally
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard !hasAnswered else { return }
            hasAnswered = true
            tally.count.add(1, ordering: .relaxed)
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: bytes)), promise: nil)
            switch end {
            case .silence: break
            case .close: context.close(promise: nil)
            case .drip:
                let channel = context.channel
                context.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(20)) { task in
                    guard channel.isActive else { return task.cancel() }
                    channel.writeAndFlush(ByteBuffer(string: "x"), promise: nil)
                }
            }
        }
    }
}
