import Commerce
import Messaging
import ServiceRuntime

/// How deep the queue is and how late it runs, read from the database when Prometheus asks.
struct QueueGauges {
    let queue: JobQueue

    private static let states = ["scheduled", "ready", "blocked", "suspect", "leased", "dead"]

    func register(in registry: PrometheusRegistry) {
        registry.gauge("queue_jobs", help: "Unfinished and dead jobs, by kind and state.") {
            try await samples { Double($0?.count ?? 0) }
        }
        registry.gauge("queue_oldest_age_seconds", help: "How long the longest waiting due job has waited, by kind.") {
            try await samples(of: ["ready"]) { Double($0?.oldestAge ?? 0) / 1e6 }
        }
        registry.gauge("queue_paused", help: "1 for each tenant and kind whose jobs an operator paused; empty: every.")
        {
            try await queue.pauses().map { pause in
                GaugeSample(
                    1,
                    labels: [
                        ("tenant", pause.lanes.tenant?.rawValue ?? ""), ("kind", pause.lanes.kind?.rawValue ?? ""),
                    ])
            }
        }
        registry.gauge(
            "queue_breaker_open",
            help: "1 for each tenant whose destination gives no answer, by kind; empty: that of all tenants."
        ) {
            try await queue.breakers().map { breaker in
                GaugeSample(1, labels: [("tenant", breaker.tenant?.rawValue ?? ""), ("kind", breaker.kind.rawValue)])
            }
        }
    }

    /// One sample for each kind and state, those of which there are no jobs included: a series that comes and goes
    /// cannot be alerted on.
    private func samples(
        of states: [String] = Self.states, _ value: (QueueStatistics?) -> Double
    ) async throws -> [GaugeSample] {
        let statistics = try await queue.statistics()
        let kinds = JobKind.known + statistics.map(\.kind).filter { !JobKind.known.contains($0) }
        return kinds.flatMap { kind in
            states.map { state in
                let found = statistics.first { $0.kind == kind && $0.state == state }
                return GaugeSample(value(found), labels: [("kind", kind.rawValue), ("state", state)])
            }
        }
    }
}
