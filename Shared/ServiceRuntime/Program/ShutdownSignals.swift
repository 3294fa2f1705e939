import Dispatch
import Synchronization

/// Waits for SIGTERM and SIGINT: the first asks for a shutdown in good order, a second ends the process at once.
///
/// Signals and the deadline are handled on a queue of their own, so that they work however stuck the rest is.
final class ShutdownSignals: Sendable {
    private let queue = DispatchQueue(label: "shutdown-signals")
    private let state = Mutex(State())
    private let end: @Sendable (Ending) -> Void
    private let requests: AsyncStream<Int32>
    private let request: AsyncStream<Int32>.Continuation

    /// Why the process ends without waiting any longer.
    enum Ending: Equatable {
        /// A signal before anything had begun: there is nothing to drain.
        case signalBeforeStart
        case secondSignal(Int32)
        case deadline
    }

    /// libdispatch's objects may be used from any thread; its Linux headers do not say so to Swift.
    private struct Source: @unchecked Sendable {
        let source: any DispatchSourceSignal
    }

    private struct State {
        var sources: [Int32: Source] = [:]
        var isServing = false
        var first: (signal: Int32, at: DispatchTime)?
        var isOver = false
    }

    /// Once this returns, a signal no longer kills the process.
    ///
    /// - Parameter end: ends the process.
    init(_ signals: [Int32], end: @escaping @Sendable (Ending) -> Void) {
        self.end = end
        (requests, request) = AsyncStream.makeStream()
        let registered = DispatchGroup()
        for signal in signals {
            let made = Source(source: DispatchSource.makeSignalSource(signal: signal, queue: queue))
            made.source.setEventHandler { [weak self] in self?.received(signal) }
            registered.enter()
            made.source.setRegistrationHandler { registered.leave() }
            state.withLock { $0.sources[signal] = made }
            made.source.activate()
        }
        registered.wait()
    }

    /// From here on there is something to drain.
    func startServing() {
        state.withLock { $0.isServing = true }
    }

    /// The first signal; nil if the waiting task is cancelled.
    func first() async -> Int32? {
        await requests.first { _ in true }
    }

    /// Ends the process unless ``stop()`` is called within `duration`.
    func setDeadline(_ duration: Duration) {
        queue.asyncAfter(deadline: .now() + duration.inSeconds) { [weak self] in
            guard let self, !state.withLock({ $0.isOver }) else { return }
            end(.deadline)
        }
    }

    /// Everything has ended in good order: no signal and no deadline counts any more.
    func stop() {
        state.withLock { state in
            state.isOver = true
            for made in state.sources.values { made.source.cancel() }
            state.sources = [:]
        }
    }

    /// A signal has come.
    func received(_ signal: Int32) {
        let now = DispatchTime.now()
        let ending: Ending? = state.withLock { state in
            if state.isOver { return nil }
            if !state.isServing { return .signalBeforeStart }
            guard let first = state.first else {
                state.first = (signal, now)
                request.yield(signal)
                // Two that come at once arrive as one.
                return (state.sources[signal]?.source.data ?? 1) > 1 ? .secondSignal(signal) : nil
            }
            // Ctrl-C reaches a whole process group as SIGINT; a supervisor in it then sends SIGTERM. That is one request.
            let isEcho = signal != first.signal && now < first.at + .milliseconds(250)
            return isEcho ? nil : .secondSignal(signal)
        }
        if let ending { end(ending) }
    }
}
