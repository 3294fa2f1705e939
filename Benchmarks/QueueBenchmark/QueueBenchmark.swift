import ArgumentParser

/// The queue as a worker uses it, to be timed by `Benchmarks/run`. Every command prints for a program, not for people.
@main
struct QueueBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue-benchmark", abstract: "What Benchmarks/run times of the queue.",
        subcommands: [
            ClaimAndComplete.self, FillRows.self, FillEvents.self, ClaimCost.self, Work.self, Probe.self,
        ])
}
