import ArgumentParser
import Database
import Messaging

/// Stores one job now and then, in a process of its own as the router is, and prints `commit JOB CALLED COMMITTED`:
/// the ns before the transaction was asked for and after its commit returned.
struct Probe: AsyncParsableCommand {
    @OptionGroup var target: Target
    @Option var samples: Int
    @Option(help: "ms between two jobs, ±50 %") var pause: Int

    func run() async throws {
        try await target.withQueue { queue in
            for number in 0..<samples {
                try await Task.sleep(for: .milliseconds(pause) * Double.random(in: 0.5...1.5))
                let job = try NewJob(
                    BenchmarkJob.kind, tenant: BenchmarkJob.probe, payload: BenchmarkJob.Payload(number: number))
                let called = Clock.now
                let id = try await queue.database.write { try JobQueue.enqueue(job, in: $0) }
                let committed = Clock.now
                if let id { printLine("commit \(id.rawValue) \(called) \(committed)") }
            }
        }
    }
}
