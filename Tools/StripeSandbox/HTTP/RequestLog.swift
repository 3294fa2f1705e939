import DequeModule
import Synchronization

/// The last calls of the API, for the control page: no parameters, no keys.
final class RequestLog: Sendable {
    private let entries = Mutex(Deque<JSON>())
    private static let kept = 500

    func add(_ entry: JSON) {
        entries.withLock {
            if $0.count >= Self.kept { $0.removeFirst() }
            $0.append(entry)
        }
    }

    /// Newest first.
    func latest(_ count: Int) -> [JSON] {
        entries.withLock { $0.suffix(count).reversed() }
    }
}
