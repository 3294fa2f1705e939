import Logging
import Metrics

/// One attempt: runs the handler within its time limit and for as long as the job is this worker's, and settles what
/// becomes of the job.
struct JobRun {
    let job: ClaimedJob
    let handler: any JobHandler
    let queue: JobQueue
    var logger: Logger

    init(job: ClaimedJob, handler: any JobHandler, queue: JobQueue, logger: Logger) {
        self.job = job
        self.handler = handler
        self.queue = queue
        self.logger = logger
        self.logger[metadataKey: "job.id"] = "\(job.id)"
        self.logger[metadataKey: "job.kind"] = "\(job.kind)"
        self.logger[metadataKey: "tenant"] = "\(job.tenant)"
        self.logger[metadataKey: "attempt"] = "\(job.attempt)"
    }

    enum Ending {
        case returned
        case failed(any Error)
        case tookTooLong
        case stopped(RunningJobs.StopReason)
        /// Every attempt killed its worker, or hung.
        case neverEnded
    }

    func run(in running: RunningJobs) async {
        let start = ContinuousClock.now
        let context = JobContext(database: queue.database, logger: logger, lease: job.lease, running: running)
        if job.isExhausted {
            count(await settle(.neverEnded, context, running), since: start)
        } else {
            await attempt(context, running) { count($0, since: start) }
        }
    }

    private func count(_ outcome: String, since start: ContinuousClock.Instant) {
        Counter(label: "jobs_total", dimensions: [("kind", job.kind.rawValue), ("outcome", outcome)]).increment()
        Timer(label: "job_duration_seconds", dimensions: [("kind", job.kind.rawValue)])
            .recordNanoseconds(Int64(start.duration(to: .now) / .nanoseconds(1)))
    }

    /// How long a handler may take to stop. After that its job is settled without it: whatever it still does in the
    /// database is refused, for its lease is gone.
    private static let unwinding: Duration = .seconds(2)

    private enum Signal {
        case ended(Ending)
        case toldToStop(Ending)
        /// It was told to stop, and the time for that is over.
        case overdue
        case nothing
    }

    /// Runs the handler until it ends, and settles the job once: by how the handler ended, or by why it had to.
    private func attempt(_ context: JobContext, _ running: RunningJobs, _ settled: (String) -> Void) async {
        let (orders, order) = AsyncStream<RunningJobs.StopReason>.makeStream()
        running.started(job.lease) { reason in
            order.yield(reason)
            order.finish()
        }
        let (stops, stop) = AsyncStream<Void>.makeStream()
        await withTaskGroup(of: Signal.self) { group in
            group.addTask { .ended(await runHandler(context, until: stops)) }
            group.addTask { await Self.sleep(handler.timeLimit) ? .toldToStop(.tookTooLong) : .nothing }
            group.addTask {
                // Without an order it was the whole worker that was cancelled.
                var reason = RunningJobs.StopReason.shutdown
                for await order in orders { reason = order }
                return .toldToStop(.stopped(reason))
            }
            var reason: Ending?
            var isSettled = false
            for await signal in group {
                switch signal {
                case .toldToStop(let why) where reason == nil && !isSettled:
                    reason = why
                    stop.finish()
                    group.addTask { await Self.sleep(Self.unwinding) ? .overdue : .nothing }
                case .overdue where !isSettled:
                    isSettled = true
                    running.giveUp(job.lease)
                    settled(await settle(reason ?? .stopped(.shutdown), context, running))
                    logger.error("A handler does not end though it was told to; its job was settled without it")
                case .ended(let ending) where !isSettled:
                    isSettled = true
                    group.cancelAll()
                    settled(await settle(reason ?? ending, context, running))
                case .ended: group.cancelAll()
                default: break
                }
            }
        }
    }

    /// In short sleeps: what the runtime holds for one stays until its time, also when it is cancelled, and a worker that
    /// does thousands of jobs a second would hold hundreds of megabytes of time limits that nobody waits for.
    /// - Returns: `false` when cancelled before the time was over.
    private static func sleep(_ time: Duration) async -> Bool {
        let end = ContinuousClock.now + time
        while case let left = end - .now, left > .zero {
            guard (try? await Task.sleep(for: min(left, .seconds(1)))) != nil else { return false }
        }
        return true
    }

    /// Runs the handler, and cancels it when `stops` ends.
    func runHandler(_ context: JobContext, until stops: AsyncStream<Void>) async -> Ending {
        await withTaskGroup(of: Ending?.self) { group in
            group.addTask {
                var ending = Ending.returned
                do {
                    try await handler.run(job, context)
                } catch {
                    ending = .failed(error)
                }
                // What a handler says that was cancelled may be no more than an echo of that. Where nobody gave a reason
                // yet, the whole worker was cancelled.
                return Task.isCancelled ? .stopped(.shutdown) : ending
            }
            group.addTask {
                for await _ in stops {}
                return nil
            }
            var ending = Ending.stopped(.shutdown)
            for await result in group {
                if let result { ending = result }
                group.cancelAll()
            }
            return ending
        }
    }
}
