import Glibc
import Hummingbird
import NIOCore
import ServiceLifecycle
import Testing

@testable import ServiceRuntime

@Suite(.timeLimit(.minutes(2))) struct LiveServerTests {
    private let http = HTTPServer(bodyLimit: 1000) { router in
        router.post("/collect") { request, _ in "\(try await request.body.collect(upTo: .max).readableBytes) bytes" }
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

    @Test(arguments: [
        "Content-Length: 500\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n5\r\nab",
        "Transfer-Encoding: chunked\r\n\r\nzz\r\nabc",
    ])
    func `a body that breaks off or is garbled is the client's fault`(rest: String) async throws {
        let result = Locked("")
        let http = HTTPServer { router in
            router.post("/collect") { request, _ in
                do {
                    return "\(try await request.body.collect(upTo: .max).readableBytes)"
                } catch {
                    result.withLock { $0 = "\(error)" }
                    throw error
                }
            }
        }
        try await withService(ServiceParts(http: http)) { service in
            let answer = try await Connection.with(service.address) { lines, out in
                try await out.send("POST /collect HTTP/1.1\r\nHost: x\r\n\(rest)")
                out.finish()
                return try await lines.readToEnd()
            }
            #expect(answer.hasPrefix("HTTP/1.1 400 "))
            #expect(result.withLock { $0 }.hasPrefix("400 body_incomplete: "))
            #expect(service.log.events("Request failed").isEmpty, "not an error of ours")
        }
    }

    @Test func `a port in use is one line that names the setting and the mend`() async throws {
        try await withService(ServiceParts(http: http)) { service in
            let flags = ["--test-listen=\(service.address)"]
            let failure = try await withService(ServiceParts(http: http), flags: flags) { _ in
                Issue.record("both listen on one port")
            }
            #expect(
                failure.map { "\($0)" } == "TEST_LISTEN: cannot listen on \(service.address): the port is in use; "
                    + "stop the program that uses it, or set a free HOST:PORT")
        }
    }

    @Test(arguments: [
        // TEST-NET-1 is no machine's own, and "invalid" no machine's name.
        ("192.0.2.1:8080", "this machine has no such address; set one that it has, or 0.0.0.0 for all"),
        ("shop.invalid:8080", "the name shop.invalid is not known; set an IP address"),
    ])
    func `an address that cannot be listened on is one line as well`(address: String, rest: String) async throws {
        let failure = try await withService(ServiceParts(http: http), flags: ["--test-listen=\(address)"]) { _ in
            Issue.record("listens on \(address)")
        }
        #expect(failure.map { "\($0)" } == "TEST_LISTEN: cannot listen on \(address): \(rest)")
    }

    @Test func `the log says where the server listens`() async throws {
        try await withService(ServiceParts(http: http)) { service in
            #expect(service.log.events("Listening").first?["address"] == "\(service.address)")
            #expect(service.address.port != 0)
        }
    }
}
