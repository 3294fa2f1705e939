import NIOCore
import NIOPosix
import Synchronization

/// An SMTP server in clear that answers each command as a test tells it, and takes everything else.
final class ScriptedServer: Sendable {
    enum Step: Sendable {
        case say(String)
        case silence, close
    }

    /// By how a command begins, the longest first; "" is the greeting, "." the end of a message.
    typealias Script = [String: Step]

    private static let usual: Script = [
        "": .say("220 test"), "EHLO": .say("250 test"), "MAIL": .say("250 ok"), "RCPT": .say("250 ok"),
        "DATA": .say("354 go on"), ".": .say("250 taken"), "QUIT": .say("221 bye"),
    ]

    private struct Record {
        var commands: [String] = []
        var messages: [String] = []
        var connections = 0
        var mostConnections = 0
    }

    private let record = Mutex(Record())
    private let heard: AsyncStream<String>
    private let hear: AsyncStream<String>.Continuation
    private let script: Script
    private let bound = Mutex<(any Channel)?>(nil)

    init(_ script: Script = [:]) {
        self.script = Self.usual.merging(script) { $1 }
        (heard, hear) = AsyncStream.makeStream()
    }

    var commands: [String] { record.withLock { $0.commands } }
    var messages: [String] { record.withLock { $0.messages } }
    /// At one time; who has said goodbye is gone.
    var mostConnections: Int { record.withLock { $0.mostConnections } }

    /// Waits for a command that begins so.
    func waitFor(_ start: String) async {
        for await command in heard where command.hasPrefix(start) { return }
    }

    func listen() async throws -> Int {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Talk(self))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        bound.withLock { $0 = channel }
        return channel.localAddress?.port ?? 0
    }

    func close() async throws { try await bound.withLock { $0 }?.close() }

    private func note(_ line: String) {
        record.withLock { $0.commands.append(line) }
        hear.yield(line)
    }

    private final class Talk: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let server: ScriptedServer
        private var rest = ""
        private var message: [String]?
        private var isThere = true

        init(_ server: ScriptedServer) { self.server = server }

        func channelActive(context: ChannelHandlerContext) {
            server.record.withLock { record in
                record.connections += 1
                record.mostConnections = max(record.mostConnections, record.connections)
            }
            answer("", context)
        }

        func channelInactive(context: ChannelHandlerContext) { leave() }

        private func leave() {
            if isThere { server.record.withLock { $0.connections -= 1 } }
            isThere = false
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            rest += String(buffer: unwrapInboundIn(data))
            while let end = rest.firstRange(of: "\r\n") {
                let line = String(rest[..<end.lowerBound])
                rest = String(rest[end.upperBound...])
                take(line, context)
            }
        }

        private func take(_ line: String, _ context: ChannelHandlerContext) {
            guard message != nil, line != "." else {
                if let message { server.record.withLock { $0.messages.append(message.joined(separator: "\r\n")) } }
                message = nil
                if line == "QUIT" { leave() }
                server.note(line)
                return answer(line, context)
            }
            message?.append(line)
        }

        private func answer(_ command: String, _ context: ChannelHandlerContext) {
            let fitting = server.script.filter { $0.key.isEmpty == command.isEmpty && command.hasPrefix($0.key) }
            switch fitting.max(by: { $0.key.count < $1.key.count })?.value ?? .say("502 what?") {
            case .say(let text):
                if text.hasPrefix("354") { message = [] }
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text + "\r\n")), promise: nil)
            case .silence: break
            case .close: context.close(promise: nil)
            }
        }
    }
}
