package import Hummingbird
import Synchronization

/// The requests that are being worked on, so that a shutdown can ask the slow ones to come to an end.
///
/// Each is worked on in a task of its own, which is awaited on the spot. Cancelling the connection's task instead would
/// also cancel the writing of the answer.
package final class InFlight: Sendable {
    private let state = Mutex(State())

    private struct State {
        var tasks: [Int: Task<Response, Never>] = [:]
        var nextID = 0
        var isOver = false
    }

    package init() {}

    /// Does `work`, which ``cancelAll()`` cancels.
    func run(_ work: @escaping @Sendable () async -> Response) async -> Response {
        let task = Task { await work() }
        let id = state.withLock { state in
            if state.isOver { task.cancel() }
            state.nextID += 1
            state.tasks[state.nextID] = task
            return state.nextID
        }
        defer { state.withLock { _ = $0.tasks.removeValue(forKey: id) } }
        return await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
    }

    /// Cancels what is worked on, and whatever comes after.
    func cancelAll() {
        let tasks = state.withLock { state in
            state.isOver = true
            return state.tasks.values
        }
        for task in tasks { task.cancel() }
    }
}
