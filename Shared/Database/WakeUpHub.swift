import Synchronization

/// Hands wake-ups to whoever in this process waits on a channel.
final class WakeUpHub: Sendable {
    private struct State {
        var nextID = 0
        var waiters: [String: [Int: AsyncStream<Void>.Continuation]] = [:]
        var isClosed = false
    }

    private let state = Mutex(State())

    func stream(on channel: String) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let id = state.withLock { state -> Int? in
            guard !state.isClosed else { return nil }
            state.nextID += 1
            state.waiters[channel, default: [:]][state.nextID] = continuation
            return state.nextID
        }
        guard let id else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.waiters[channel]?.removeValue(forKey: id) }
        }
        return stream
    }

    func signal(_ channel: String) {
        for waiter in state.withLock({ $0.waiters[channel].map { Array($0.values) } ?? [] }) { waiter.yield() }
    }

    func signalAll() {
        for waiter in state.withLock({ $0.waiters.values.flatMap(\.values) }) { waiter.yield() }
    }

    /// Ends every stream.
    func close() {
        let waiters = state.withLock { state in
            state.isClosed = true
            defer { state.waiters = [:] }
            return state.waiters.values.flatMap(\.values)
        }
        for waiter in waiters { waiter.finish() }
    }
}
