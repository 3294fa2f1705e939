import Database
import Logging
import Metrics

/// One attempt: runs the handler within its time limit and settles what becomes of the job.
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

    private enum Ending {
        case returned
        case failed(any Error)
        case tookTooLong
        /// The worker shuts down, or the lease was lost.
        case cancelled
        /// Every attempt killed its worker, or hung.
        case neverEnded
    }

    func run(in running: RunningJobs) async {
        let start = ContinuousClock.now
        let context = JobContext(database: queue.database, logger: logger, lease: job.lease)
        if job.isExhausted {
            count(await settle(.neverEnded, context), since: start)
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
        let (orders, order) = AsyncStream<Void>.makeStream()
        running.started(job.lease) { order.finish() }
        let (stops, stop) = AsyncStream<Void>.makeStream()
        await withTaskGroup(of: Signal.self) { group in
            group.addTask { .ended(await runHandler(context, until: stops)) }
            group.addTask { await Self.sleep(handler.timeLimit) ? .toldToStop(.tookTooLong) : .nothing }
            group.addTask {
                for await _ in orders {}
                return .toldToStop(.cancelled)
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
                    running.stopRenewing(job.lease)
                    settled(await settle(reason ?? .cancelled, context))
                    logger.error("A handler does not end though it was told to; its job was settled without it")
                case .ended(let ending) where !isSettled:
                    isSettled = true
                    group.cancelAll()
                    settled(await settle(reason ?? ending, context))
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
    private func runHandler(_ context: JobContext, until stops: AsyncStream<Void>) async -> Ending {
        await withTaskGroup(of: Ending?.self) { group in
            group.addTask {
                do {
                    try await handler.run(job, context)
                    return .returned
                } catch {
                    return .failed(error)
                }
            }
            group.addTask {
                for await _ in stops {}
                return nil
            }
            var ending = Ending.cancelled
            for await result in group {
                if let result { ending = result }
                group.cancelAll()
            }
            return ending
        }
    }

    /// - Returns: the outcome's name for the metrics.
    private func settle(_ ending: Ending, _ context: JobContext) async -> String {
        if context.isCompleted { return "completed" }
        do {
            switch ending {
            case .returned:
                try await queue.completeWithOthers(job.lease)
                return "completed"
            case .failed(let error as LeaseLost):
                throw error
            case .failed(let error):
                return try await settle(error)
            case .tookTooLong:
                return try await retry(.retry("It took longer than \(handler.timeLimit)."), outcome: .timedOut)
            case .cancelled:
                try await queue.release(job.lease, after: .zero, reason: "The worker shut down.")
                return "released"
            case .neverEnded:
                return try await bury(
                    .bury("None of \(job.maxAttempts) attempts ended: each killed its worker, or hung."))
            }
        } catch let error as LeaseLost {
            logger.warning("Lease lost; the result was discarded", metadata: ["error": "\(error)"])
            return "lease_lost"
        } catch {
            // The lease runs out and the next claim finds the job: later, but not lost.
            logger.error("A job's end could not be stored", metadata: ["error": "\(error)"])
            return "unsettled"
        }
    }

    private func settle(_ error: any Error) async throws -> String {
        let failure = error as? JobFailure ?? .retry("\(error)")
        switch failure.fate {
        case .retry: return try await retry(failure, outcome: .failed)
        case .bury: return try await bury(failure)
        case .release(let delay):
            try await queue.release(job.lease, after: delay, reason: failure.reason)
            logger.info("Job handed back", metadata: ["reason": "\(failure.reason)"])
            return "released"
        }
    }

    private func retry(_ failure: JobFailure, outcome: JobAttempt.Outcome) async throws -> String {
        guard job.attempt < job.maxAttempts, let delay = handler.retry.delay(afterAttempt: job.failures + 1) else {
            return try await bury(failure)
        }
        var pause = delay
        if case .retry(let asked?) = failure.fate { pause = asked }
        try await queue.retry(
            job.lease, after: pause, error: failure.reason, outcome: outcome,
            destination: failure.destination.map { ($0, of: job.kind, tenant: job.tenant) })
        logger.warning(
            "Job failed; retry scheduled", metadata: ["reason": "\(failure.reason.bounded)", "after": "\(pause)"])
        return "retried"
    }

    private func bury(_ failure: JobFailure) async throws -> String {
        let (job, handler) = (job, handler)
        try await queue.database.write { connection in
            try JobQueue.bury(job.lease, error: failure.reason, in: connection)
            try handler.buried(job, in: connection)
            if let destination = failure.destination {
                try CircuitBreaker.note(destination, tenant: job.tenant, kind: job.kind, in: connection)
            }
        }
        logger.error("Job moved to the dead letters", metadata: ["reason": "\(failure.reason.bounded)"])
        return "dead"
    }
}
