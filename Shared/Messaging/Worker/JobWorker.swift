import Database
package import Logging
import ServiceLifecycle

/// Claims jobs and runs their handlers, as many at once as `concurrency` says, until the service group shuts down.
///
/// It claims no more than it can begin at once: a job that waited in a busy worker could run in an idle one, and a claim
/// is cheap. The leases of running jobs are renewed for as long as they run.
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
    private let whenStuck: @Sendable () -> Void

    /// - Parameter whenStuck: called when every place is taken by a handler that was told to stop and did not. Nothing
    ///   but a new process helps then.
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
                group.addTask { await endGrace(running) }
                // They end after the claims ended at the shutdown and the last of them is done.
                await runJobs(claimed, running)
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
        let pace = PollPace()
        running.whenFreed { stir.yield() }
        await withDiscardingTaskGroup { helpers in
            helpers.addTask {
                for await _ in queue.database.wakeUps(on: JobQueue.channel) { stir.yield() }
            }
            helpers.addTask {
                while !Task.isCancelled {
                    stir.yield()
                    try? await Task.sleep(for: pace.next())
                }
            }
            var last = LastClaim.filledSome
            for await _ in stirs {
                let (claimed, due) = await claimAllDue(into: claims, running, &last)
                if claimed > 0 { pace.quicken() }
                guard let due else { continue }
                helpers.addTask {
                    try? await Task.sleep(for: due)
                    stir.yield()
                }
            }
            helpers.cancelAll()
        }
    }

    /// How the last claim went, and so what to ask before the next one.
    private enum LastClaim {
        /// It filled every place: more is likely.
        case filledAll
        case filledSome
        /// What waits is paused, over a limit, or was taken by another worker.
        case wasInVain
    }

    /// Claims while jobs are due and places are free. A read goes first, so that an idle worker takes no write lock.
    /// - Returns: how many were claimed, and when the next job is due, if that is before the next poll.
    private func claimAllDue(
        into claims: AsyncStream<ClaimedJob>.Continuation, _ running: RunningJobs, _ last: inout LastClaim
    ) async -> (claimed: Int, due: Duration?) {
        let kinds = handlers.keys.sorted { $0.rawValue < $1.rawValue }
        var claimed = 0
        do {
            while !Task.isCancelled, case let free = running.free, free > 0 {
                let suspects = !running.hasSuspect
                if last != .filledAll {
                    let due =
                        last == .wasInVain
                        ? try await queue.nextClaim(kinds, suspects: suspects) : try await queue.nextDue()
                    guard let due else { break }
                    if due > .zero { return (claimed, due < PollPace.longest ? due : nil) }
                }
                let wasSure = last == .filledAll
                let jobs = try await queue.claim(kinds, limit: free, lease: lease, suspects: suspects)
                last = jobs.count == free ? .filledAll : jobs.isEmpty && !wasSure ? .wasInVain : .filledSome
                // The shutdown began meanwhile: nothing is begun any more.
                if Task.isCancelled {
                    try await queue.release(jobs.map(\.lease), reason: "The worker shut down.")
                    break
                }
                for job in jobs {
                    running.add(job)
                    claims.yield(job)
                }
                claimed += jobs.count
                if last == .wasInVain { break }
            }
        } catch is CancellationError {
            return (claimed, nil)
        } catch {
            // The poll tries again soon.
            logger.warning("Jobs could not be claimed", metadata: ["error": "\(error)"])
        }
        return (claimed, nil)
    }

    /// The heartbeat: five of them may fail before a lease is lost.
    private func renewLeases(of running: RunningJobs) async {
        while !Task.isCancelled {
            try? await Task.sleep(for: lease / 6)
            if running.isStuck {
                logger.critical("Every running job was given up, and none of their handlers ends")
                whenStuck()
            }
            do {
                for lost in running.stillMissing(try await queue.renew(running.renewable, by: lease)) {
                    running.cancel(lost)
                    logger.warning("Lease lost while its job ran", metadata: ["job.id": "\(lost.job)"])
                }
            } catch {
                logger.warning("Leases could not be renewed", metadata: ["error": "\(error)"])
            }
        }
    }
}
