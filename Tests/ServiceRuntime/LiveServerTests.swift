import Glibc
import Hummingbird
import NIOCore
import ServiceLifecycle
import Testing

@testable import ServiceRuntime

@Suite(.timeLimit(.minutes(2))) struct LiveServerTests {
    private let http = HTTPServer(bodyLimit: 1000) { router in
        router.post("/collect") { request, context in "\(try await request.bytes(context).count) bytes" }
        router.post("/ignore") { _, _ in "ignored" }
    }

    @Test func `a declared length beyond the limit is refused before the body comes`() async throws {
        try await withService(ServiceParts(http: http)) { service in
            let answer = try await Connection.with(service.address) { lines, out in
                // Not one byte of the body is ever sent.
                try await out.send("POST /collect HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n")
                return try await lines.response()
            }
            #expect(answer.hasPrefix("HTTP/1.1 413 "))
            #expect(answer.contains("\"code\":\"request_too_large\""))
            #expect(answer.lowercased().contains("connection: close"))
        }
    }

    @Test(arguments: ["/collect", "/ignore"])
    func `a body without a length is cut off at the limit where it is read`(path: String) async throws {
        try await withService(ServiceParts(http: http)) { service in
            let answer = try await Connection.with(service.address) { lines, out in
                try await out.send("POST \(path) HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
                for _ in 0..<3 { try await out.send("190\r\n\(String(repeating: "a", count: 400))\r\n") }
                try await out.send("0\r\n\r\n")
                return try await lines.response()
            }
            #expect(answer.hasPrefix(path == "/collect" ? "HTTP/1.1 413 " : "HTTP/1.1 200 "))
            if path == "/collect" { #expect(answer.contains("\"code\":\"request_too_large\"")) }
        }
    }

    @Test func `a body longer than its length is not read beyond it`() async throws {
        try await withService(ServiceParts(http: http)) { service in
            let answer = try await Connection.with(service.address) { lines, out in
                try await out.send(
                    "POST /collect HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcdefghij no request line\r\n\r\n")
                return try await lines.readToEnd()
            }
            #expect(answer.contains("3 bytes"))
            // What follows is no request: the connection ends with a 400.
            #expect(answer.contains("HTTP/1.1 400 "))
        }
    }

    @Test(arguments: ["-1", "abc", "1, 2", "99999999999999999999999"])
    func `a length that is no number ends the connection, never the program`(length: String) async throws {
        try await withService(ServiceParts(http: http)) { service in
            let answer = try await Connection.with(service.address) { lines, out in
                try await out.send("POST /collect HTTP/1.1\r\nHost: x\r\nContent-Length: \(length)\r\n\r\nabc")
                return try await lines.readToEnd()
            }
            #expect(answer.hasPrefix("HTTP/1.1 4"))
            let health = try await Connection.with(service.address) { lines, out in
                try await out.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                return try await lines.response()
            }
            #expect(health.hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test func `a body that breaks off is no crash and no answer`() async throws {
        try await withService(ServiceParts(http: http)) { service in
            try await Connection.with(service.address) { _, out in
                try await out.send("POST /collect HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\nabc")
            }
            let health = try await Connection.with(service.address) { lines, out in
                try await out.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                return try await lines.response()
            }
            #expect(health.hasSuffix("{\"status\":\"ok\"}"))
        }
    }

    @Test func `a port in use is one line that names the setting and the mend`() async throws {
        try await withService(ServiceParts(http: http)) { service in
            let flags = ["--test-listen=\(service.address)"]
            let failure = try await withService(ServiceParts(http: http), flags: flags) { _ in
                Issue.record("both listen on one port")
            }
            let line = failure.map { ServiceRun.line(for: $0, commonSettings(flags), name: "test") }
            #expect(
                line == "TEST_LISTEN: cannot listen on \(service.address): the port is in use; "
                    + "stop the program that uses it, or set a free HOST:PORT")
        }
    }

    @Test func `other failures are one line each as well`() {
        let settings = commonSettings()
        let failure = StartupError(setting: "DATABASE_URL", problem: "cannot open x.db", mend: "name another file")
        let failures: [any Error] = [
            failure, IOError(errnoCode: EADDRNOTAVAIL, reason: "bind"), IOError(errnoCode: EACCES, reason: "bind"),
        ]
        let lines = failures.map { ServiceRun.line(for: $0, settings, name: "test") }
        #expect(
            lines == [
                "DATABASE_URL: cannot open x.db; name another file",
                "TEST_LISTEN: cannot listen on 127.0.0.1:0: this machine has no such address; "
                    + "set one that it has, or 0.0.0.0 for all",
                "TEST_LISTEN: cannot listen on 127.0.0.1:0: not permitted; set a port above 1023",
            ])
    }

    @Test func `the log says where the server listens`() async throws {
        try await withService(ServiceParts(http: http)) { service in
            #expect(service.log.events("Listening").first?["address"] == "\(service.address)")
            #expect(service.address.port != 0)
        }
    }
}
