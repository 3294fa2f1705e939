import DequeModule
import Synchronization

/// Every try to deliver, for the control page and for tests; in memory, the last thousand.
final class DeliveryLog: Sendable {
    private let entries = Mutex(Deque<JSON>())
    private static let kept = 1000

    /// - Parameters:
    ///   - state: what it came to: `delivered`, `pending` (to be tried again) or `failed`.
    ///   - time: µs since 1970; `next` alike.
    func add(
        _ delivery: PendingDelivery, state: String, status: Int?, error: String?, at time: Int64, next: Int64? = nil
    ) {
        let entry: JSON = [
            "id": .string(delivery.address.id), "event": .string(delivery.event), "type": .string(delivery.type),
            "account": .string(delivery.address.scope.account), "livemode": .bool(delivery.address.scope.livemode),
            "endpoint": .string(delivery.endpoint.endpoint), "url": .string(delivery.url),
            "attempt": JSON(delivery.attempts + 1), "state": .string(state), "status": status.map { JSON($0) } ?? nil,
            "error": JSON(error), "created": .int(time / 1_000_000),
            "next_attempt": next.map { .int($0 / 1_000_000) } ?? nil,
        ]
        entries.withLock {
            if $0.count >= Self.kept { $0.removeFirst() }
            $0.append(entry)
        }
    }

    /// Newest first.
    func latest(_ count: Int = kept, where isWanted: (JSON) -> Bool = { _ in true }) -> [JSON] {
        entries.withLock { Array($0.reversed().lazy.filter(isWanted).prefix(count)) }
    }
}
