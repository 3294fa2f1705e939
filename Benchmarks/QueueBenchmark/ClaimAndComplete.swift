import ArgumentParser
import Foundation
import Messaging
import Synchronization

/// Fills an empty queue, then works it off with many consumers that claim a batch and complete it.
struct ClaimAndComplete: AsyncParsableCommand {
    @OptionGroup var target: Target
    @Option var jobs: Int
    @Option var consumers = 8
    @Option var batch = 100
    @Option var tenants = 1
    @Flag(help: "Each job has a subject, and a tenant has half as many subjects as jobs.")
    var subjects = false

    private struct Figures: Encodable {
        let jobs: Int
        let seconds: Double
        /// Of all consumers together.
        let claimSeconds: Double
        let completeSeconds: Double
    }

    func run() async throws {
        try printJSON(
            try await target.withQueue { queue in
                try await queue.fill(jobs, tenants: tenants, subjects: subjects ? max(1, jobs / tenants / 2) : nil)
                return try await workOff(queue)
            })
    }

    private func workOff(_ queue: JobQueue) async throws -> Figures {
        let (done, claimTime, completeTime) = (Counter(), Counter(), Counter())
        let start = Clock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<consumers {
                group.addTask {
                    while done.value < jobs {
                        let claimed = try await claimTime.timing {
                            try await queue.claim([BenchmarkJob.kind], limit: batch, lease: .seconds(30))
                        }
                        if claimed.isEmpty {
                            // All that is left runs at another consumer, or waits for what runs there.
                            try await Task.sleep(for: .milliseconds(1))
                            continue
                        }
                        let lost = try await completeTime.timing { try await queue.complete(claimed.map(\.lease)) }
                        guard lost.isEmpty else { throw WrongResult("\(lost.count) leases were lost") }
                        done.add(claimed.count)
                    }
                }
            }
            try await group.waitForAll()
        }
        return Figures(
            jobs: done.value, seconds: Double(Clock.now - start) / 1e9, claimSeconds: Double(claimTime.value) / 1e9,
            completeSeconds: Double(completeTime.value) / 1e9)
    }
}

/// A sum that many tasks add to.
private final class Counter: Sendable {
    private let sum = Atomic(0)

    var value: Int { sum.load(ordering: .relaxed) }

    func add(_ count: Int) { sum.add(count, ordering: .relaxed) }

    /// Adds the ns that `body` takes.
    func timing<Result>(_ body: () async throws -> Result) async rethrows -> Result {
        let start = Clock.now
        let result = try await body()
        add(Int(Clock.now - start))
        return result
    }
}
