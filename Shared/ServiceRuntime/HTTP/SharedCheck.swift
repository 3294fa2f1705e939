import Synchronization

/// A readiness check that is made at most once at a time, however many ask, and that nobody has to wait for to the end.
///
/// What a check waits for, a database that hangs, may be deaf to cancellation. So the check runs on its own, and those
/// who ask wait beside it.
final class SharedCheck: Sendable {
    private let check: Readiness.Check
    private let state = Mutex(State())

    private struct State {
        var isRunning = false
        var waiting: [Int: CheckedContinuation<String?, Never>] = [:]
        var nextID = 0
    }

    init(_ check: @escaping Readiness.Check) {
        self.check = check
    }

    /// What the check finds, or the one that is under way; nil at once when the task is cancelled.
    func finding() async -> String? {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (isCancelled, mustStart) = state.withLock { state in
                    if Task.isCancelled { return (true, false) }
                    state.waiting[id] = continuation
                    defer { state.isRunning = true }
                    return (false, !state.isRunning)
                }
                if isCancelled { continuation.resume(returning: nil) }
                // Structured, whoever asked would have to stay until it ends. There is one at most, and what it holds on
                // to ends with the database.
                if mustStart { Task { await run() } }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: id) }?.resume(returning: nil)
        }
    }

    private func run() async {
        let finding = await check()
        let waiting = state.withLock { state in
            defer { (state.isRunning, state.waiting) = (false, [:]) }
            return state.waiting
        }
        for continuation in waiting.values { continuation.resume(returning: finding) }
    }
}
