import DequeModule
import Dispatch
import Synchronization

/// A bounded queue between async callers and an engine's blocking threads.
final class WorkQueue<Item: Sendable>: Sendable {
    private struct State {
        var items: Deque<Item> = []
        var isClosed = false
    }

    private let limit: Int
    private let state = Mutex(State())
    // Signalled when the queue turns from empty to not empty, when a taker leaves something behind, and at the close.
    private let signal = DispatchSemaphore(value: 0)

    init(limit: Int) { self.limit = limit }

    /// - Returns: why the item was not taken in.
    func push(_ item: Item) -> DatabaseError? {
        let (refusal, wasEmpty) = state.withLock { state -> (DatabaseError?, Bool) in
            if state.isClosed { return (DatabaseError(.closed, "The database is closed."), false) }
            if state.items.count >= limit { return (Self.full(limit), false) }
            state.items.append(item)
            return (nil, state.items.count == 1)
        }
        if wasEmpty { signal.signal() }
        return refusal
    }

    /// Puts back what was taken, whatever waits by now. `false` when the queue is closed.
    func putBack(_ item: Item) -> Bool {
        let (accepted, wasEmpty) = state.withLock { state in
            guard !state.isClosed else { return (false, false) }
            state.items.prepend(item)
            return (true, state.items.count == 1)
        }
        if wasEmpty { signal.signal() }
        return accepted
    }

    /// Blocks until something waits, then takes up to `limit` of it, oldest first. `nil`: closed and empty.
    func take(_ limit: Int) -> [Item]? {
        while true {
            signal.wait()
            let (taken, more, isClosed) = state.withLock { state in
                let count = min(limit, state.items.count)
                let taken = Array(state.items.prefix(count))
                state.items.removeFirst(count)
                return (taken, !state.items.isEmpty, state.isClosed)
            }
            if more || isClosed { signal.signal() }
            if !taken.isEmpty { return taken }
            if isClosed { return nil }
        }
    }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Refuses what comes later; what waits is still handed out.
    func close() {
        state.withLock { $0.isClosed = true }
        signal.signal()
    }

    private static func full(_ limit: Int) -> DatabaseError {
        DatabaseError(
            .busy, "Too many transactions wait for the database (\(limit)): it is overloaded or does not answer.")
    }
}
