import Synchronization

/// Something that happens once, and that any number of tasks may wait for.
final class Signal: Sendable {
    private let state = Mutex(State())

    private struct State {
        var isSet = false
        var waiters: [Int: CheckedContinuation<Void, any Error>] = [:]
        var stubborn: [CheckedContinuation<Void, Never>] = []
        var nextID = 0
    }

    var isSet: Bool { state.withLock { $0.isSet } }

    func set() {
        let (waiters, stubborn) = state.withLock { state in
            state.isSet = true
            defer { (state.waiters, state.stubborn) = ([:], []) }
            return (state.waiters, state.stubborn)
        }
        for waiter in waiters.values { waiter.resume() }
        for waiter in stubborn { waiter.resume() }
    }

    /// - Throws: `CancellationError` as soon as the task is cancelled.
    func wait() async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let mustWait = state.withLock { state in
                    guard !state.isSet, !Task.isCancelled else { return false }
                    state.waiters[id] = continuation
                    return true
                }
                if !mustWait { continuation.resume(with: Result { try Task.checkCancellation() }) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume(throwing: CancellationError())
        }
    }

    /// Waits on, cancelled or not.
    func waitStubbornly() async {
        await withCheckedContinuation { continuation in
            let mustWait = state.withLock { state in
                if !state.isSet { state.stubborn.append(continuation) }
                return !state.isSet
            }
            if !mustWait { continuation.resume() }
        }
    }
}

/// A value that many tasks share.
final class Locked<Value: Sendable>: Sendable {
    private let value: Mutex<Value>

    init(_ value: Value) {
        self.value = Mutex(value)
    }

    @discardableResult
    func withLock<T: Sendable>(_ body: (inout Value) -> T) -> T {
        value.withLock { body(&$0) }
    }
}
