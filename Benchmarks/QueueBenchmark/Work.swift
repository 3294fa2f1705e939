import ArgumentParser
import Database
import Logging
import Messaging
import ServiceLifecycle
import UnixSignals

/// Runs a worker until SIGTERM, and prints `start JOB NANOSECONDS` as a job of the probing tenant starts.
struct Work: AsyncParsableCommand {
    @OptionGroup var target: Target
    @Option var concurrency = 16
    @Option(help: "How long a job takes, in ms.") var takes = 0

    func run() async throws {
        try await target.withQueue { queue in
            let worker = JobWorker(
                queue: queue, handlers: [Handler(takes: .milliseconds(takes))], concurrency: concurrency,
                shutdownGrace: .seconds(1), logger: Target.logger)
            let group = ServiceGroup(
                configuration: .init(
                    services: [.init(service: worker)], gracefulShutdownSignals: [.sigterm, .sigint],
                    logger: Target.logger))
            printLine("ready")
            try await group.run()
        }
    }

    private struct Handler: JobHandler {
        let takes: Duration
        let kind = BenchmarkJob.kind
        let retry = RetryPolicy.schedule([.seconds(1)])
        let timeLimit: Duration = .seconds(10)

        func run(_ job: ClaimedJob, _ context: JobContext) async throws {
            let now = Clock.now
            if job.tenant == BenchmarkJob.probe { printLine("start \(job.id.rawValue) \(now)") }
            if takes > .zero { try await Task.sleep(for: takes) }
        }
    }
}
