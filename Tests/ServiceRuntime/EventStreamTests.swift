import Hummingbird
import NIOCore
import Testing

@testable import ServiceRuntime

@Suite(.timeLimit(.minutes(2))) struct EventStreamTests {
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

    @Test(arguments: [
        (ServerSentEvent(data: "x"), "data: x\n\n"), (ServerSentEvent(data: ""), "data: \n\n"),
        (ServerSentEvent(event: "order", id: "7", data: "a\r\nb"), "event: order\nid: 7\ndata: a\ndata: b\n\n"),
        (ServerSentEvent(event: "a\ndata: forged", data: "x"), "event: adata: forged\ndata: x\n\n"),
        (ServerSentEvent(id: "1\r\n2\r3", data: "a\rb\n\nc"), "id: 123\ndata: a\ndata: b\ndata: \ndata: c\n\n"),
        // Line breaks elsewhere, but not in an event stream: in JSON they stand for themselves.
        (
            ServerSentEvent(data: "{\"a\":\"1\u{2028}2\u{2029}3\u{85}4\u{B}5\u{C}6\"}"),
            "data: {\"a\":\"1\u{2028}2\u{2029}3\u{85}4\u{B}5\u{C}6\"}\n\n"
        ),
    ])
    func `an event is written so that no value can start a field`(event: ServerSentEvent, text: String) {
        #expect(event.text == text)
    }
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
