import Commerce
import Logging
import Messaging
import Synchronization

/// Logs why webhooks are refused, never what was in them.
///
/// Anyone on the internet can be refused, at any rate: one line a second for each tenant and reason, and in it how many
/// there were, is enough to act on and too little to fill a disk.
final class RefusalLog: Sendable {
    private struct Key: Hashable {
        let tenant: TenantID?
        let refusal: Refusal
    }

    private struct Tally {
        var loggedAt: ContinuousClock.Instant
        var unlogged = 0
    }

    private static let pause: Duration = .seconds(1)

    /// Bounded: by the number of tenants times that of reasons.
    private let tallies = Mutex<[Key: Tally]>([:])
    private let now: @Sendable () -> ContinuousClock.Instant

    init(now: @escaping @Sendable () -> ContinuousClock.Instant) {
        self.now = now
    }

    /// - Parameter cause: why an event could not be read or stored, in our own words, never in the sender's.
    func note(_ refusal: Refusal, _ cause: (any Error)?, _ endpoint: SigningEndpoint?, _ logger: Logger) {
        guard let count = due(Key(tenant: endpoint?.tenant, refusal: refusal)) else { return }
        var about: Logger.Metadata = [
            "reason": "\(refusal.rawValue)", "tenant": "\(endpoint?.tenant.rawValue ?? "unknown")",
            "endpoint": "\(endpoint?.id.rawValue ?? "unknown")", "count": "\(count)",
        ]
        if let cause { about["error"] = "\(cause)" }
        logger.log(level: refusal == .notStored ? .error : .warning, "Webhook refused", metadata: about)
    }

    /// How many refusals a line should tell of now; nil for no line.
    private func due(_ key: Key) -> Int? {
        let time = now()
        return tallies.withLock { tallies in
            if var tally = tallies[key], time < tally.loggedAt + Self.pause {
                tally.unlogged += 1
                tallies[key] = tally
                return nil
            }
            let count = (tallies[key]?.unlogged ?? 0) + 1
            tallies[key] = Tally(loggedAt: time)
            return count
        }
    }
}
