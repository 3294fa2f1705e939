import Commerce
import Messaging
import ServiceRuntime

/// How deep the queue is and how late it runs, read from the database when Prometheus asks.
struct QueueGauges {
    let queue: JobQueue

    private static let kinds: [JobKind] = [.applyStripeEvent, .deliverToStorefront]
    private static let states = ["ready", "leased", "dead"]

    func register(in registry: PrometheusRegistry) {
        registry.gauge("queue_jobs", help: "Jobs that wait (ready), run (leased) or died (dead), by kind.") {
            try await samples { Double($0?.count ?? 0) }
        }
        registry.gauge("queue_oldest_age_seconds", help: "How long the longest waiting due job has waited, by kind.") {
            try await samples(of: ["ready"]) { Double($0?.oldestAge ?? 0) / 1e6 }
        }
    }

    /// One sample for each kind and state, those of which there are no jobs included: a series that comes and goes
    /// cannot be alerted on.
    private func samples(
        of states: [String] = Self.states, _ value: (QueueStatistics?) -> Double
    ) async throws -> [GaugeSample] {
        let statistics = try await queue.statistics()
        let kinds = Self.kinds + statistics.map(\.kind).filter { !Self.kinds.contains($0) }
        return kinds.flatMap { kind in
            states.map { state in
                let found = statistics.first { $0.kind == kind && $0.state == state }
                return GaugeSample(value(found), labels: [("kind", kind.rawValue), ("state", state)])
            }
        }
    }
}
