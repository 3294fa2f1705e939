import Database
package import Logging
import ServiceLifecycle

/// Claims jobs and runs their handlers, as many at once as `concurrency` says, until the service group shuts down.
///
/// It claims no more than it can begin at once: a job that waited in a busy worker could run in an idle one, and a claim
/// is cheap. The leases of running jobs are renewed for as long as they run; a job whose lease could not be renewed in
/// time is told to stop.
///
/// At a graceful shutdown it claims nothing more and lets running jobs finish, their leases renewed, for
/// `shutdownGrace`; then it stops them and hands their leases back uncounted.
package struct JobWorker: Service {
    let queue: JobQueue
    let handlers: [JobKind: any JobHandler]
    let concurrency: Int
    let lease: Duration
    let shutdownGrace: Duration
    let logger: Logger
    let whenStuck: @Sendable () -> Void
    /// How often leases are renewed.
    var heartbeat: Duration
    var pace = PollPace()

    /// - Parameter whenStuck: called when every place is taken by a handler that was told to stop and did not, and when
    ///   handlers block every thread. Nothing but a new process helps then.
    package init(
        queue: JobQueue, handlers: [any JobHandler], concurrency: Int, lease: Duration = .seconds(30),
        shutdownGrace: Duration, logger: Logger, whenStuck: @escaping @Sendable () -> Void = {}
    ) {
        self.queue = queue
        self.handlers = Dictionary(handlers.map { ($0.kind, $0) }, uniquingKeysWith: { _, last in last })
        self.concurrency = max(1, concurrency)
        self.lease = lease
        self.shutdownGrace = shutdownGrace
        self.logger = logger
        self.whenStuck = whenStuck
        heartbeat = lease / 6
    }

    package func run() async throws {
        let running = RunningJobs(limit: concurrency, lease: lease)
        let watchdog = Watchdog()
        watchdog.start(patience: lease * 2) {
            logger.critical("The heartbeat stopped: handlers block every thread")
            whenStuck()
        }
        let (claimed, claims) = AsyncStream<ClaimedJob>.makeStream()
        await withTaskGroup(of: Void.self) { keepers in
            keepers.addTask { await keepLeases(of: running, watchdog) }
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    await cancelWhenGracefulShutdown { await claimJobs(into: claims, running) }
                    claims.finish()
                }
                group.addTask { await endGrace(running) }
                // They end after the claims ended at the shutdown and the last of them is done.
                await runJobs(claimed, running)
                group.cancelAll()
            }
            watchdog.stop()
            keepers.cancelAll()
        }
    }

    private func runJobs(_ claimed: AsyncStream<ClaimedJob>, _ running: RunningJobs) async {
        await withDiscardingTaskGroup { jobs in
            // Not cancelled with the claims: whatever was claimed is run or handed back.
            for await job in claimed {
                jobs.addTask {
                    if let handler = handlers[job.kind] {
                        await JobRun(job: job, handler: handler, queue: queue, logger: logger).run(in: running)
                    }
                    running.remove(job.lease)
                }
            }
        }
    }

    /// After the shutdown's grace, stops what still runs.
    private func endGrace(_ running: RunningJobs) async {
        try? await gracefulShutdown()
        guard !Task.isCancelled else { return }
        try? await Task.sleep(for: shutdownGrace)
        running.stopAll()
    }
}
