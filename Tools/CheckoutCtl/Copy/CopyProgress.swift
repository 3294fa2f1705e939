import Synchronization

/// Shows on the terminal how far a copy is, table by table.
final class CopyProgress: CopyWatcher {
    private struct State {
        var line: Progress
        var done = 0
    }

    private let state = Mutex<State?>(nil)

    func begins(_ phase: CopyPhase, table: String?, rows: Int) {
        end()
        state.withLock { state in
            let line = Progress("rows of \(table ?? "both sides") \(phase.done)", total: rows)
            state = State(line: line)
            // Most tables are empty when a copy begins.
            if rows > 0 { state?.line.show(done: 0) }
        }
    }

    func advanced(by rows: Int) {
        state.withLock { state in
            guard var now = state else { return }
            now.done += rows
            now.line.show(done: now.done)
            state = now
        }
    }

    /// Leaves the line free for what is said next.
    func end() { state.withLock { $0?.line.end() } }
}

extension CopyPhase {
    fileprivate var done: String {
        switch self {
        case .comparing: "compared"
        case .copying: "copied"
        case .checking: "checked"
        }
    }
}
