import Synchronization

/// How often the keys were used up of calls that no row of ours stands for: a customer, a detached card.
///
/// Stripe answers 5xx again for a day under the key that met it. An order's row counts its attempts; these are counted
/// here, in memory. Another process learns of it by one more failed try, and at the worst there are two customers where
/// one was wanted: nothing here moves money.
final class KeyAttempts: Sendable {
    private let usedUp = Mutex<[String: Int]>([:])

    /// More than ever fail in a day; beyond it, all begin anew.
    private static let most = 10_000

    func key(for base: String) -> (key: String, attempt: Int) {
        let attempt = usedUp.withLock { $0[base] ?? 0 } + 1
        return ("\(base):\(attempt)", attempt)
    }

    /// - Parameter attempt: the one that came to nothing, so that two requests that failed together count once.
    func useUp(_ base: String, _ attempt: Int) {
        usedUp.withLock { usedUp in
            if usedUp.count >= Self.most { usedUp.removeAll() }
            usedUp[base] = max(usedUp[base] ?? 0, attempt)
        }
    }
}
