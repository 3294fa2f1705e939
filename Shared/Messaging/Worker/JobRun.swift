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
        let ending = job.isExhausted ? .neverEnded : await attempt(context, running)
        let outcome = await settle(ending, context)
        Counter(label: "jobs_total", dimensions: [("kind", job.kind.rawValue), ("outcome", outcome)]).increment()
        Timer(label: "job_duration_seconds", dimensions: [("kind", job.kind.rawValue)])
            .recordNanoseconds(Int64(start.duration(to: .now) / .nanoseconds(1)))
    }

    private func attempt(_ context: JobContext, _ running: RunningJobs) async -> Ending {
        await withTaskGroup(of: Ending.self) { group in
            let (stops, stop) = AsyncStream<Void>.makeStream()
            running.started(job.lease) { stop.finish() }
            group.addTask {
                do {
                    try await handler.run(job, context)
                    return .returned
                } catch {
                    return Task.isCancelled ? .cancelled : .failed(error)
                }
            }
            group.addTask {
                do { try await Task.sleep(for: handler.timeLimit) } catch { return .cancelled }
                return .tookTooLong
            }
            group.addTask {
                for await _ in stops {}
                return .cancelled
            }
            let first = await group.next() ?? .cancelled
            if case .tookTooLong = first { running.stopRenewing(job.lease) }
            group.cancelAll()
            // A handler that was told to stop may have completed its job a moment before.
            return first
        }
    }

    /// - Returns: the outcome's name for the metrics.
    private func settle(_ ending: Ending, _ context: JobContext) async -> String {
        if context.isCompleted { return "completed" }
        do {
            switch ending {
            case .returned:
                try await context.complete()
                return "completed"
            case .failed(let error as LeaseLost):
                throw error
            case .failed(let error):
                return try await settle(error)
            case .tookTooLong:
                return try await retry("It took longer than \(handler.timeLimit).", after: nil)
            case .cancelled:
                try await queue.release(job.lease, after: .zero, reason: "The worker shut down.")
                return "released"
            case .neverEnded:
                return try await bury("None of \(job.maxAttempts) attempts ended: each killed its worker, or hung.")
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
        guard let failure = error as? JobFailure else { return try await retry("\(error)", after: nil) }
        switch failure.fate {
        case .retry(let delay): return try await retry(failure.reason, after: delay)
        case .bury: return try await bury(failure.reason)
        case .release(let delay):
            try await queue.release(job.lease, after: delay, reason: failure.reason)
            logger.info("Job handed back", metadata: ["reason": "\(failure.reason)"])
            return "released"
        }
    }

    private func retry(_ reason: String, after asked: Duration?) async throws -> String {
        guard job.attempt < job.maxAttempts, let delay = handler.retry.delay(afterAttempt: job.failures + 1) else {
            return try await bury(reason)
        }
        let pause = asked ?? delay
        try await queue.retry(job.lease, after: pause, error: reason)
        logger.warning(
            "Job failed; retry scheduled", metadata: ["reason": "\(reason.bounded)", "after": "\(pause)"])
        return "retried"
    }

    private func bury(_ reason: String) async throws -> String {
        let (job, handler) = (job, handler)
        try await queue.database.write { connection in
            try JobQueue.bury(job.lease, error: reason, in: connection)
            try handler.buried(job, in: connection)
        }
        logger.error("Job moved to the dead letters", metadata: ["reason": "\(reason.bounded)"])
        return "dead"
    }
}
