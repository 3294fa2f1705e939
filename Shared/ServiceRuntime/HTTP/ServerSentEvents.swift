import HTTPTypes
package import Hummingbird
import NIOCore
import ServiceLifecycle

/// One event of an event stream (WHATWG HTML, "Server-sent events").
package struct ServerSentEvent: Sendable, Equatable {
    package var event: String?
    package var id: String?
    /// Text, commonly JSON; each of its lines becomes a `data:` line.
    package var data: String

    package init(event: String? = nil, id: String? = nil, data: String) {
        self.event = event
        self.id = id
        self.data = data
    }

    var text: String {
        var text = ""
        if let event { text += "event: \(Self.oneLine(event))\n" }
        if let id { text += "id: \(Self.oneLine(id))\n" }
        for line in data.split(omittingEmptySubsequences: false, whereSeparator: Self.isLineEnd) {
            text += "data: \(line)\n"
        }
        return text + "\n"
    }

    /// A line break here would let a value start a field of its own.
    private static func oneLine(_ text: String) -> String {
        text.filter { !isLineEnd($0) }
    }

    /// An event stream knows these alone. Unicode has more, which JSON holds as they are: to break its text there would
    /// put a line feed into it.
    private static func isLineEnd(_ character: Character) -> Bool {
        character == "\n" || character == "\r" || character == "\r\n"
    }
}

extension Response {
    /// An answer that sends events as they come, until `events` ends, the client leaves or the program shuts down.
    ///
    /// Shutting down ends the stream in good order, between two events; browsers then connect again, elsewhere.
    ///
    /// - Parameter heartbeat: how often a comment is sent into the silence. It keeps proxies from closing the connection,
    ///   and is how a client that has gone away is noticed.
    package static func serverSentEvents<Events: AsyncSequence & Sendable>(
        heartbeat: Duration = .seconds(15), _ events: Events
    ) -> Response where Events.Element == ServerSentEvent {
        let body = ResponseBody { writer in
            // The first bytes go out at once, so that the client knows that it is connected.
            try await writer.write(ByteBuffer(string: ": connected\n\n"))
            try await withThrowingTaskGroup(of: Void.self) { group in
                let (merged, merge) = AsyncThrowingStream<String, any Error>.makeStream()
                group.addTask {
                    do {
                        for try await event in events { merge.yield(event.text) }
                        merge.finish()
                    } catch {
                        merge.finish(throwing: error)
                    }
                }
                group.addTask {
                    while !Task.isCancelled {
                        try await Task.sleep(for: heartbeat)
                        merge.yield(": heartbeat\n\n")
                    }
                }
                for try await text in merged.cancelOnGracefulShutdown() {
                    try await writer.write(ByteBuffer(string: text))
                }
                group.cancelAll()
            }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store",
                .xAccelBuffering: "no",
            ],
            body: body)
    }
}

extension HTTPField.Name {
    /// Tells nginx not to hold events back.
    fileprivate static var xAccelBuffering: HTTPField.Name { HTTPField.Name("X-Accel-Buffering") ?? .cacheControl }
}
