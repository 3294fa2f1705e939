import Messaging
import Metrics
import Synchronization

/// Counts what came in, by tenant and outcome, and what was refused, by tenant and reason.
///
/// The counters are kept: making one looks it up by its labels, on a path that runs tens of thousands of times a second.
final class RouterMetrics: Sendable {
    private struct Key: Hashable {
        let tenant: TenantID?
        let word: String
    }

    /// Bounded: by the number of tenants times that of words. Ids from outside never become a label.
    private let counters = Mutex<[Key: Counter]>([:])

    func count(_ outcome: RecordOutcome, tenant: TenantID) {
        let word = outcome == .duplicate ? "duplicate" : "stored"
        counter("webhook_events", "outcome", Key(tenant: tenant, word: word)).increment()
    }

    func count(_ refusal: Refusal, tenant: TenantID?) {
        counter("webhook_refusals", "reason", Key(tenant: tenant, word: refusal.rawValue)).increment()
    }

    private func counter(_ name: String, _ label: String, _ key: Key) -> Counter {
        counters.withLock { counters in
            if let known = counters[key] { return known }
            let counter = Counter(
                label: name, dimensions: [("tenant", key.tenant?.rawValue ?? "unknown"), (label, key.word)])
            counters[key] = counter
            return counter
        }
    }
}
