import Database
package import Logging
import ServiceLifecycle

/// Claims jobs and runs their handlers, as many at once as `concurrency` says, until the service group shuts down.
///
/// At a graceful shutdown it claims nothing more and lets running jobs finish, their leases renewed, for
/// `shutdownGrace`; then it cancels them and hands their leases back uncounted.
package struct JobWorker: Service {
    private let queue: JobQueue
    private let handlers: [JobKind: any JobHandler]
    private let concurrency: Int
    private let lease: Duration
    private let shutdownGrace: Duration
    private let logger: Logger

    /// Under wake-ups, which may be lost.
    private static let pollInterval: Duration = .seconds(1)

    package init(
        queue: JobQueue, handlers: [any JobHandler], concurrency: Int, lease: Duration = .seconds(30),
        shutdownGrace: Duration, logger: Logger
    ) {
        self.queue = queue
        self.handlers = Dictionary(handlers.map { ($0.kind, $0) }, uniquingKeysWith: { _, last in last })
        self.concurrency = max(1, concurrency)
        self.lease = lease
        self.shutdownGrace = shutdownGrace
        self.logger = logger
    }

    package func run() async throws {
        let running = RunningJobs(limit: concurrency)
        let (claimed, claims) = AsyncStream<ClaimedJob>.makeStream()
        await withTaskGroup(of: Void.self) { keepers in
            keepers.addTask { await renewLeases(of: running) }
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    await cancelWhenGracefulShutdown { await claimJobs(into: claims, running) }
                    claims.finish()
                }
                group.addTask { await runJobs(claimed, running) }
                group.addTask { await endGrace(running) }
                // The claims end at the shutdown, the jobs when the last is done; then nobody waits for the grace.
                await group.next()
                await group.next()
                group.cancelAll()
            }
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

    /// After the shutdown's grace, cancels what still runs.
    private func endGrace(_ running: RunningJobs) async {
        try? await gracefulShutdown()
        guard !Task.isCancelled else { return }
        try? await Task.sleep(for: shutdownGrace)
        running.cancelAll()
    }

    private func claimJobs(into claims: AsyncStream<ClaimedJob>.Continuation, _ running: RunningJobs) async {
        let (stirs, stir) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        running.whenFreed { stir.yield() }
        await withDiscardingTaskGroup { helpers in
            helpers.addTask {
                for await _ in queue.database.wakeUps(on: JobQueue.channel) { stir.yield() }
            }
            helpers.addTask {
                while !Task.isCancelled {
                    stir.yield()
                    try? await Task.sleep(for: Self.pollInterval * Double.random(in: 0.8...1.2))
                }
            }
            for await _ in stirs {
                guard let due = await claimAllDue(into: claims, running) else { continue }
                helpers.addTask {
                    try? await Task.sleep(for: due)
                    stir.yield()
                }
            }
            helpers.cancelAll()
        }
    }

    /// Claims while jobs are due and places are free.
    /// - Returns: when the next job is due, if that is before the next poll.
    private func claimAllDue(
        into claims: AsyncStream<ClaimedJob>.Continuation, _ running: RunningJobs
    ) async -> Duration? {
        let kinds = handlers.keys.sorted { $0.rawValue < $1.rawValue }
        do {
            while !Task.isCancelled, running.free > 0 {
                guard let due = try await queue.nextDue(kinds) else { return nil }
                if due > .zero { return due < Self.pollInterval ? due : nil }
                let jobs = try await queue.claim(kinds, limit: running.free, lease: lease)
                for job in jobs {
                    running.add(job.lease)
                    claims.yield(job)
                }
                if jobs.isEmpty { return nil }
            }
        } catch is CancellationError {
            return nil
        } catch {
            // The poll tries again within about a second.
            logger.warning("Jobs could not be claimed", metadata: ["error": "\(error)"])
        }
        return nil
    }

    /// The heartbeat: five of them may fail before a lease is lost.
    private func renewLeases(of running: RunningJobs) async {
        while !Task.isCancelled {
            try? await Task.sleep(for: lease / 6)
            do {
                for lost in try await queue.renew(running.renewable, by: lease) where running.cancel(lost) {
                    logger.warning("Lease lost while its job ran", metadata: ["job.id": "\(lost.job)"])
                }
            } catch {
                logger.warning("Leases could not be renewed", metadata: ["error": "\(error)"])
            }
        }
    }
}
