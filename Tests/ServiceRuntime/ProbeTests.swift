import Hummingbird
import HummingbirdTesting
import Logging
import Testing

@testable import ServiceRuntime

@Suite struct ProbeTests {
    private func get(
        _ path: String, readiness: Readiness, log: LogCapture = LogCapture()
    ) async throws -> (status: Int, type: String?, body: String) {
        try await application(readiness: readiness, log: log) { _ in }.test(.router) { client in
            let response = try await client.send(uri: path, method: .get)
            return (response.status.code, response.headers[.contentType], String(buffer: response.body))
        }
    }

    @Test func `a program whose checks pass is ready`() async throws {
        let readiness = Readiness()
        readiness.register("database") { nil }
        let answer = try await get("/readyz", readiness: readiness)
        #expect(answer == (200, "application/json", #"{"status":"ok"}"#))
    }

    @Test func `a failing check makes it unready, and only the log says why`() async throws {
        let readiness = Readiness()
        let log = LogCapture()
        let finding = Locked<String?>(#"connection to server at "10.0.3.7" failed for user "checkout""#)
        readiness.register("database") { finding.withLock { $0 } }
        readiness.register("mail") { nil }
        for _ in 0..<2 {
            let answer = try await get("/readyz", readiness: readiness, log: log)
            #expect(answer.status == 503)
            #expect(
                answer.body == #"{"status":"unavailable","checks":{"database":"unavailable","mail":"ok"}}"#)
        }
        #expect(try await get("/healthz", readiness: readiness).status == 200)
        let told = log.events("Not ready")
        #expect(told.count == 1, "a finding is logged when it changes")
        #expect(told.first?["check.database"]?.contains("10.0.3.7") == true && told.first?["check.mail"] == nil)

        finding.withLock { $0 = "2 migrations are missing" }
        _ = try await get("/readyz", readiness: readiness, log: log)
        #expect(log.events("Not ready").map { $0["check.database"] }.last == "2 migrations are missing")
        finding.withLock { $0 = nil }
        for _ in 0..<2 { #expect(try await get("/readyz", readiness: readiness, log: log).status == 200) }
        #expect(log.events("Not ready").count == 2 && log.events("Ready again").count == 1)
    }

    @Test func `a check that never answers is cut off, and not asked again meanwhile`() async throws {
        let readiness = Readiness(timeout: .milliseconds(20))
        let log = LogCapture()
        let (end, ended) = (Signal(), Signal())
        let asked = Locked(0)
        readiness.register("database") {
            asked.withLock { $0 += 1 }
            // A database call that has begun cannot be cancelled.
            await end.waitStubbornly()
            ended.set()
            return nil
        }
        for _ in 0..<3 {
            let answer = try await get("/readyz", readiness: readiness, log: log)
            #expect(answer.body == #"{"status":"unavailable","checks":{"database":"unavailable"}}"#)
        }
        #expect(log.events("Not ready").map { $0["check.database"] } == ["no answer within 0.02 s"])
        #expect(asked.withLock { $0 } == 1)
        end.set()
        try await ended.wait()
    }

    @Test func `probes at the same time all hear what the check found`() async throws {
        let readiness = Readiness()
        let (begun, end) = (Signal(), Signal())
        readiness.register("database") {
            begun.set()
            await end.waitStubbornly()
            return "away"
        }
        async let first = readiness.report()
        try await begun.wait()
        async let second = readiness.report()
        end.set()
        let findings = await [first, second].map { $0.checks.map(\.finding) }
        #expect(findings == [["away"], ["away"]])
    }

    @Test func `a draining program is alive but not ready, and asks nothing of what is being closed`() async throws {
        let readiness = Readiness()
        let asked = Signal()
        readiness.register("database") {
            asked.set()
            return nil
        }
        readiness.startDraining()
        let answer = try await get("/readyz", readiness: readiness)
        #expect(answer.status == 503)
        #expect(answer.body.hasPrefix(#"{"status":"unavailable","checks":{"draining":"#))
        #expect(!asked.isSet)
        let health = try await get("/healthz", readiness: readiness)
        #expect(health == (200, "application/json", #"{"status":"ok"}"#))
    }

    @Test func `requests are counted by route template, method and status, never by URL`() async throws {
        let registry = PrometheusRegistry()
        let log = LogCapture()
        try await application(registry: registry, log: log) { router in
            router.get("/orders/{id}") { _, _ in "ok" }
            router.post("/orders/{id}/cancel") { _, _ -> String in throw APIError.notFound("no") }
        }.test(.router) { client in
            for id in ["ord_1", "ord_2", "ord_3?client_secret=cs_hidden"] {
                _ = try await client.send(uri: "/orders/\(id)", method: .get)
            }
            _ = try await client.send(uri: "/orders/x/cancel", method: .post)
            _ = try await client.send(uri: "/orders/x/cancel", method: .get)
            _ = try await client.send(uri: "/attack/ord_9", method: .get)
            let odd = try #require(HTTPRequest.Method("BREW"))
            _ = try await client.send(uri: "/orders/1", method: odd)
            let text = String(buffer: try await client.send(uri: "/metrics", method: .get).body)
            let counts = text.split(separator: "\n").filter {
                $0.hasPrefix("http_server_request_duration_seconds_count")
            }
            #expect(
                counts == [
                    "http_server_request_duration_seconds_count{method=\"GET\",route=\"/orders/{id}\",status=\"200\"} 3",
                    "http_server_request_duration_seconds_count{method=\"GET\",route=\"none\",status=\"404\"} 1",
                    "http_server_request_duration_seconds_count{method=\"GET\",route=\"none\",status=\"405\"} 1",
                    "http_server_request_duration_seconds_count"
                        + "{method=\"POST\",route=\"/orders/{id}/cancel\",status=\"404\"} 1",
                    "http_server_request_duration_seconds_count{method=\"other\",route=\"none\",status=\"405\"} 1",
                ])
            #expect(text.contains("http_server_requests_in_flight 1\n"))
            #expect(!text.contains("ord_") && !text.contains("cs_hidden"))
            #expect(!log.text.contains("cs_hidden") && !log.text.contains("ord_3"))
        }
    }

    @Test func `each request has one log line with its route, status and id`() async throws {
        let log = LogCapture()
        try await application(log: log) {
            $0.get("/orders/{id}") { _, context in
                context.logger.info("Working")
                return ""
            }
        }
        .test(.router) { client in
            _ = try await client.send(uri: "/orders/1", method: .get)
            _ = try await client.send(uri: "/healthz", method: .get)
        }
        let lines = log.events("Request")
        let line = try #require(lines.first)
        #expect(line["http.route"] == "/orders/{id}" && line["http.status"] == "200" && line["http.method"] == "GET")
        #expect(line["level"] == "info")
        #expect(line["request.id"] == log.events("Working").first?["request.id"])
        #expect(line["hb.request.id"] == nil)
        #expect(lines.map { $0["level"] } == ["info", "debug"], "probes are not worth a line at info")
    }
}
