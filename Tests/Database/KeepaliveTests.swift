import Foundation
import Glibc
import TestSupport
import Testing

@testable import Database

@Suite struct KeepaliveTests {
    /// Who waits for a notification or a lock sends nothing, so nothing of it goes unanswered when the server's host dies.
    @Test(.timeLimit(.minutes(1)), arguments: [(query: "", atMost: 10), (query: "?keepalives_idle=40", atMost: 40)])
    func `a silent connection to PostgreSQL is probed after ten seconds, or as the URL says`(
        _ query: String, _ atMost: Int
    ) async throws {
        let server = try MuteServer()
        let url = "postgresql://u@127.0.0.1:\(server.port)/db\(query)"
        let (ended, end) = AsyncStream<Bool>.makeStream()
        Thread.detachNewThread { end.yield((try? PostgresConnection(url: url, for: DatabaseOptions())) != nil) }
        var seconds: Int?
        while seconds == nil { seconds = try server.secondsToNextProbe() }
        server.close()
        for await isConnected in ended {
            #expect(!isConnected)
            break
        }
        #expect(((atMost - 5)...atMost).contains(try #require(seconds)))
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

    func close() { Glibc.close(socket) }

    /// When the kernel probes the client's end, of which it tells in hundredths; `nil` while there is none that is silent.
    func secondsToNextProbe() throws -> Int? {
        let server = "0100007F:" + String(port, radix: 16, uppercase: true).leftPadded
        let table = try String(contentsOfFile: "/proc/net/tcp", encoding: .utf8)
        for line in table.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 5, fields[2] == server, fields[3] == "01" else { continue }
            let timer = fields[5].split(separator: ":")
            // 02: a timer of none of our data that is on its way
            guard timer.count == 2, timer[0] == "02" else { continue }
            return Int(timer[1], radix: 16).map { $0 / 100 }
        }
        return nil
    }
}

extension String {
    /// To four digits.
    fileprivate var leftPadded: String { String(repeating: "0", count: max(0, 4 - count)) + self }
}
