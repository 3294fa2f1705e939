import Glibc
import Hummingbird
import NIOCore
import ServiceLifecycle
import Testing

@testable import ServiceRuntime

/// Waits until nobody accepts connections any more.
private func untilRefused(_ address: ListenAddress) async throws {
    while (try? await Connection.with(address) { _, _ in true }) != nil { await Task.yield() }
}

@Suite(.timeLimit(.minutes(2))) struct ShutdownTests {
    /// A route that says when a request has come in, and answers when it is told to.
    private struct Slow {
        let entered = Signal()
        let gate = Signal()

        var http: HTTPServer {
            HTTPServer { [entered, gate] router in
                router.get("/slow") { _, _ in
                    entered.set()
                    try await gate.wait()
                    return "answered"
                }
                router.get("/stubborn") { _, _ in
                    entered.set()
                    await gate.waitStubbornly()
                    return "answered late"
                }
            }
        }
    }

    @Test func `a request in flight is answered, then its connection closes`() async throws {
        let slow = Slow()
        let failure = try await withService(ServiceParts(http: slow.http)) { service in
            try await Connection.with(service.address) { lines, out in
                try await out.send(get("/slow"))
                try await slow.entered.wait()
                service.terminate()
                try await untilRefused(service.address)
                #expect(service.readiness.isDraining)
                slow.gate.set()
                let answer = try await lines.readToEnd()
                #expect(answer.hasPrefix("HTTP/1.1 200 ") && answer.hasSuffix("answered"))
                #expect(answer.lowercased().contains("connection: close"))
            }
        }
        #expect(failure == nil)
    }

    @Test func `connections that are kept alive do not hold the shutdown`() async throws {
        let failure = try await withService(ServiceParts(http: Slow().http)) { service in
            try await Connection.with(service.address) { lines, out in
                try await out.send(get("/healthz"))
                #expect(try await lines.response().hasPrefix("HTTP/1.1 200 "))
                try await Connection.with(service.address) { silent, _ in
                    service.terminate()
                    let rest = (kept: try await lines.readToEnd(), silent: try await silent.readToEnd())
                    #expect(rest == ("", ""))
                }
            }
        }
        #expect(failure == nil)
    }

    @Test func `under load every request that was sent is answered`() async throws {
        let answered = Locked(0)
        let failure = try await withService(ServiceParts(http: Slow().http), notice: .milliseconds(300)) { service in
            try await withThrowingTaskGroup(of: Void.self) { group in
                let warm = Signal()
                for _ in 0..<16 {
                    group.addTask {
                        try await Connection.with(service.address) { lines, out in
                            while true {
                                try await out.send(get("/healthz"))
                                let answer = try await lines.response()
                                guard answer.hasPrefix("HTTP/1.1 200 ") else {
                                    Issue.record("a request went unanswered: \(answer)")
                                    return
                                }
                                answered.withLock { $0 += 1 }
                                if answered.withLock({ $0 }) >= 200 { warm.set() }
                                if answer.lowercased().contains("connection: close") { return }
                            }
                        }
                    }
                }
                try await warm.wait()
                service.terminate()
                try await group.waitForAll()
            }
        }
        #expect(failure == nil)
        #expect(answered.withLock { $0 } >= 200)
    }

    @Test func `the program says that it is draining while its workers finish`() async throws {
        let stopping = Signal()
        let gate = Signal()
        let order = Locked<[String]>([])
        let parts = ServiceParts(
            http: Slow().http,
            services: [
                Part {
                    try? await gracefulShutdown()
                    order.withLock { $0.append("service") }
                }
            ],
            workers: [
                Part {
                    try? await gracefulShutdown()
                    stopping.set()
                    try? await gate.wait()
                    order.withLock { $0.append("worker") }
                }
            ],
            close: { order.withLock { $0.append("close") } })
        let failure = try await withService(parts) { service in
            let before = try await Connection.with(service.address) { lines, out in
                try await out.send(get("/readyz"))
                return try await lines.response()
            }
            #expect(before.hasPrefix("HTTP/1.1 200 "))
            service.terminate()
            try await stopping.wait()
            let answer = try await Connection.with(service.address) { lines, out in
                try await out.send(get("/readyz"))
                return try await lines.response()
            }
            #expect(answer.hasPrefix("HTTP/1.1 503 "))
            #expect(answer.contains(#"{"status":"unavailable","checks":{"draining":"#))
            gate.set()
        }
        #expect(failure == nil)
        #expect(order.withLock { $0 } == ["worker", "service", "close"])
    }

    @Test func `a handler that outlives the grace is cancelled and answers that`() async throws {
        let slow = Slow()
        // It has a fifth of that to answer, in which a busy machine may not give it a turn for a second.
        let failure = try await withService(
            ServiceParts(http: slow.http), flags: ["--shutdown-grace-seconds=10"]
        ) { service in
            try await Connection.with(service.address) { lines, out in
                try await out.send(get("/slow"))
                try await slow.entered.wait()
                service.terminate()
                let answer = try await lines.readToEnd()
                #expect(answer.hasPrefix("HTTP/1.1 503 ") && answer.contains("\"code\":\"shutting_down\""))
            }
        }
        #expect(failure == nil)
    }

    @Test func `a handler that ignores even that cannot keep the process alive`() async throws {
        let slow = Slow()
        let over = Signal()
        try await withService(
            ServiceParts(http: slow.http), flags: ["--shutdown-grace-seconds=1"],
            end: { ending in
                #expect(ending == .deadline)
                over.set()
            }
        ) { service in
            try await Connection.with(service.address) { _, out in
                try await out.send(get("/stubborn"))
                try await slow.entered.wait()
                service.terminate()
                try await over.wait()
                slow.gate.set()
            }
        }
        #expect(over.isSet)
    }

    @Test func `a part that fails takes the program down, but not the request in flight`() async throws {
        struct Broken: Error, Equatable {}
        let slow = Slow()
        let worker = Part {
            try await slow.entered.wait()
            throw Broken()
        }
        let failure = try await withService(ServiceParts(http: slow.http, workers: [worker])) { service in
            try await Connection.with(service.address) { lines, out in
                try await out.send(get("/slow"))
                try await untilRefused(service.address)
                slow.gate.set()
                #expect(try await lines.readToEnd().hasSuffix("answered"))
            }
        }
        #expect(failure is Broken)
    }
}

/// A service made of a closure.
private struct Part: Service {
    let body: @Sendable () async throws -> Void

    init(_ body: @escaping @Sendable () async throws -> Void) {
        self.body = body
    }

    func run() async throws { try await body() }
}
