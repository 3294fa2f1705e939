import Dispatch
import Foundation

/// The signals that end a program: while this lives, one that comes only ends `stream`.
final class EndingSignals {
    let stream: AsyncStream<Void>
    private let sources: [any DispatchSourceSignal]

    /// Once this returns, Ctrl-C no longer ends the program.
    init() {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        self.stream = stream
        let registered = DispatchGroup()
        sources = [SIGINT, SIGTERM, SIGHUP].map { signal in
            let source = DispatchSource.makeSignalSource(signal: signal, queue: DispatchQueue(label: "signals"))
            source.setEventHandler { continuation.finish() }
            registered.enter()
            source.setRegistrationHandler { registered.leave() }
            source.activate()
            return source
        }
        registered.wait()
    }

    deinit {
        for source in sources { source.cancel() }
    }
}
