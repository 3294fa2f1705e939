import Glibc
import Hummingbird
import NIOCore
import ServiceLifecycle
import Testing

@testable import ServiceRuntime

private func get(_ path: String) -> String { "GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n" }

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

    @Test func `a stream of events ends between two events`() async throws {
        let http = HTTPServer { router in
            router.get("/stream") { _, _ in
                let (events, source) = AsyncStream<ServerSentEvent>.makeStream()
                source.yield(ServerSentEvent(event: "order", id: "1", data: "{\"a\":1}\nsecond"))
                source.onTermination = { _ in }
                return Response.serverSentEvents(heartbeat: .seconds(60), events.holding(source))
            }
        }
        let failure = try await withService(ServiceParts(http: http)) { service in
            try await Connection.with(service.address) { lines, out in
                try await out.send(get("/stream"))
                let head = try await lines.read(to: "\r\n\r\n").lowercased()
                #expect(head.contains("content-type: text/event-stream"))
                let event = try await lines.read(to: "data: second\n\n")
                #expect(event.contains("event: order\nid: 1\ndata: {\"a\":1}\ndata: second\n\n"))
                service.terminate()
                let rest = try await lines.readToEnd()
                #expect(rest.hasSuffix("0\r\n\r\n"), "the stream must end in good order: \(rest)")
            }
        }
        #expect(failure == nil)
    }

    @Test func `a stream that has nothing to say sends heartbeats, and ends with its source`() async throws {
        let gate = Signal()
        let http = HTTPServer { router in
            router.get("/stream") { _, _ in
                let events = AsyncThrowingStream<ServerSentEvent, any Error> {
                    try await gate.wait()
                    return nil
                }
                return Response.serverSentEvents(heartbeat: .milliseconds(5), events)
            }
        }
        try await withService(ServiceParts(http: http)) { service in
            try await Connection.with(service.address) { lines, out in
                try await out.send(get("/stream"))
                for _ in 0..<3 { #expect(try await lines.read(to: ": heartbeat\n\n").contains(": heartbeat")) }
                gate.set()
                #expect(try await lines.read(to: "\r\n0\r\n\r\n").hasSuffix("0\r\n\r\n"))
                // The connection is still good for another request.
                try await out.send(get("/healthz"))
                #expect(try await lines.response().hasPrefix("HTTP/1.1 200 "))
            }
        }
    }

    @Test func `a handler that outlives the grace is cancelled and answers that`() async throws {
        let slow = Slow()
        let failure = try await withService(
            ServiceParts(http: slow.http), flags: ["--shutdown-grace-seconds=1"]
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

extension AsyncStream where Element: Sendable {
    /// The same stream, which does not end when its source goes out of scope.
    fileprivate func holding(_ source: Continuation) -> AsyncMapSequence<AsyncStream<Element>, Element> {
        map { element in
            _ = source
            return element
        }
    }
}

@Suite(.serialized, .timeLimit(.minutes(1))) struct ShutdownSignalTests {
    /// Collects how the process would have ended.
    private final class Endings: Sendable {
        private let (stream, source) = AsyncStream<ShutdownSignals.Ending>.makeStream()
        var end: @Sendable (ShutdownSignals.Ending) -> Void { { [source] in source.yield($0) } }
        func next() async -> ShutdownSignals.Ending? { await stream.first { _ in true } }
    }

    @Test func `the first signal asks, the second ends at once`() async {
        let endings = Endings()
        let signals = ShutdownSignals([SIGUSR1], end: endings.end)
        signals.startServing()
        kill(getpid(), SIGUSR1)
        #expect(await signals.first() == SIGUSR1)
        kill(getpid(), SIGUSR1)
        #expect(await endings.next() == .secondSignal(SIGUSR1))
        signals.stop()
    }

    @Test func `a signal before anything is served ends at once`() async {
        let endings = Endings()
        let signals = ShutdownSignals([SIGUSR2], end: endings.end)
        kill(getpid(), SIGUSR2)
        #expect(await endings.next() == .signalBeforeStart)
        signals.stop()
    }

    @Test func `two different signals in one breath are one request`() async {
        let endings = Endings()
        let signals = ShutdownSignals([], end: endings.end)
        signals.startServing()
        signals.received(SIGINT)
        signals.received(SIGTERM)
        signals.received(SIGINT)
        #expect(await endings.next() == .secondSignal(SIGINT))
    }

    @Test func `no deadline counts once everything has ended`() async throws {
        let endings = Endings()
        let signals = ShutdownSignals([], end: endings.end)
        let later = ShutdownSignals([], end: endings.end)
        signals.setDeadline(.milliseconds(5))
        signals.stop()
        // Set later on another queue: by the time it fires, the first would have.
        later.setDeadline(.milliseconds(50))
        #expect(await endings.next() == .deadline)
        later.stop()
    }
}
