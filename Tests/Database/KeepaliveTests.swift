import Foundation
import Glibc
import TestSupport
import Testing

@testable import Database

@Suite struct KeepaliveTests {
    /// Who waits for a notification or a lock sends nothing, so nothing of it goes unanswered when the server's host dies.
    @Test(.timeLimit(.minutes(2)), arguments: [(query: "", idle: 10), (query: "?keepalives_idle=40", idle: 40)])
    func `a silent connection to PostgreSQL is probed after ten seconds, or as the URL says`(
        _ query: String, _ idle: Int32
    ) async throws {
        let server = try MuteServer()
        let url = "postgresql://u@127.0.0.1:\(server.port)/db\(query)"
        let (settings, setting) = AsyncStream<[Int32]>.makeStream()
        let (ended, end) = AsyncStream<Bool>.makeStream()
        Thread.detachNewThread { setting.yield(server.keepalive()) }
        Thread.detachNewThread { end.yield((try? PostgresConnection(url: url, for: DatabaseOptions())) != nil) }
        let found = await settings.first { _ in true }
        let isConnected = await ended.first { _ in true }
        #expect(isConnected == false)
        #expect(found == [1, idle, 5, 3])
    }
}

/// Takes connections and says nothing.
private final class MuteServer: Sendable {
    private let socket: Int32
    let port: UInt16

    struct NotMade: Error {}

    init() throws {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(socket, address, length) == 0 && listen(socket, 1) == 0
                    && getsockname(socket, address, &length) == 0
            }
        }
        self.socket = socket
        port = UInt16(bigEndian: address.sin_port)
        if !isListening { throw NotMade() }
    }

    /// Waits for a client's first word and closes.
    /// - Returns: whether the client, a socket of this process, is probed when it is silent; after how many seconds, how
    ///   many seconds apart, how often.
    func keepalive() -> [Int32] {
        let peer = accept(socket, nil, nil)
        defer {
            close(peer)
            close(socket)
        }
        var byte: UInt8 = 0
        guard recv(peer, &byte, 1, 0) == 1, let client = (0..<4096).first(where: isClient) else { return [] }
        return [
            Self.option(SOL_SOCKET, SO_KEEPALIVE, of: client),
            Self.option(Int32(IPPROTO_TCP), TCP_KEEPIDLE, of: client),
            Self.option(Int32(IPPROTO_TCP), TCP_KEEPINTVL, of: client),
            Self.option(Int32(IPPROTO_TCP), TCP_KEEPCNT, of: client),
        ]
    }

    private func isClient(_ descriptor: Int32) -> Bool {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isConnected = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &length) == 0 }
        }
        return isConnected && address.sin_family == AF_INET && UInt16(bigEndian: address.sin_port) == port
    }

    private static func option(_ level: Int32, _ name: Int32, of socket: Int32) -> Int32 {
        var value: Int32 = -1
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(socket, level, name, &value, &length) == 0 ? value : -1
    }
}
