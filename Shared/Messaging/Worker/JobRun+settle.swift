import Database
import Logging

/// What becomes of a job when its attempt has ended. Every write is fenced by the lease.
extension JobRun {
    /// - Returns: the outcome's name for the metrics.
    func settle(_ ending: Ending, _ context: JobContext, _ running: RunningJobs) async -> String {
        if context.isCompleted { return "completed" }
        do {
            return try await store(ending, running)
        } catch let error as LeaseLost {
            logger.warning("Lease lost; the result was discarded", metadata: ["error": "\(error)"])
            return "lease_lost"
        } catch {
            // The lease runs out and the next claim finds the job: later, but not lost.
            logger.error("A job's end could not be stored", metadata: ["error": "\(error)"])
            return "unsettled"
        }
    }

    private func store(_ ending: Ending, _ running: RunningJobs) async throws -> String {
        switch ending {
        case .returned:
            try await running.storeEnd(of: job.lease) { try await queue.completeWithOthers(job.lease) }
            return "completed"
        case .failed(let error as LeaseLost):
            throw error
        case .failed(let error):
            return try await store(error as? JobFailure ?? .retry("\(error)"), running)
        case .tookTooLong:
            return try await retry(
                .retry("It took longer than \(handler.timeLimit)."), outcome: .timedOut, running)
        case .stopped(.shutdown):
            return try await release(after: .zero, reason: "The worker shut down.", running)
        case .stopped(.leaseLost):
            return try await release(after: .zero, reason: "The lease could not be renewed in time.", running)
        case .neverEnded:
            return try await bury(
                .bury("None of \(job.maxAttempts) attempts ended: each killed its worker, or hung."), running)
        }
    }

    private func store(_ failure: JobFailure, _ running: RunningJobs) async throws -> String {
        switch failure.fate {
        case .retry: return try await retry(failure, outcome: .failed, running)
        case .bury: return try await bury(failure, running)
        case .release(let delay):
            defer { logger.info("Job handed back", metadata: ["reason": "\(failure.reason)"]) }
            return try await release(after: delay, reason: failure.reason, running)
        }
    }

    private func release(after delay: Duration, reason: String, _ running: RunningJobs) async throws -> String {
        try await running.storeEnd(of: job.lease) { try await queue.release(job.lease, after: delay, reason: reason) }
        return "released"
    }

    private func retry(
        _ failure: JobFailure, outcome: JobAttempt.Outcome, _ running: RunningJobs
    ) async throws -> String {
        guard job.attempt < job.maxAttempts, let delay = handler.retry.delay(afterAttempt: job.failures + 1) else {
            return try await bury(failure, running)
        }
        var pause = delay
        // Whoever asks many for the same patience is not to meet them all at its end.
        if case .retry(let asked?) = failure.fate { pause = max(delay, asked * Double.random(in: 1...1.2)) }
        try await running.storeEnd(of: job.lease) { [pause] in
            try await queue.retry(
                job.lease, after: pause, error: failure.reason, outcome: outcome,
                destination: failure.destination.map { ($0, of: job.kind, tenant: job.tenant) })
        }
        logger.warning(
            "Job failed; retry scheduled", metadata: ["reason": "\(failure.reason.bounded)", "after": "\(pause)"])
        return "retried"
    }

    // MARK: Dead letters

    private func bury(_ failure: JobFailure, _ running: RunningJobs) async throws -> String {
        do {
            try await bury(failure.reason, failure.destination, running) { [job, handler] in
                try handler.buried(job, in: $0)
            }
        } catch let error where job.attempt >= job.maxAttempts && Self.isOfItsOwn(error) {
            // What should have been stored with it is missing now: an event, for one, stays pending without a job that
            // would apply it. But the dead letter is there for somebody to see and to retry, and a job that came back
            // with every lease, for ever, would leave the event no better off.
            logger.error("A job was buried without what belongs to it", metadata: ["error": "\(error)"])
            let reason = "\(failure.reason)\nWhat belongs to its burial failed: \(error)"
            try await bury(reason, failure.destination, running) { _ in }
        }
        logger.error("Job moved to the dead letters", metadata: ["reason": "\(failure.reason.bounded)"])
        return "dead"
    }

    private func bury(
        _ reason: String, _ destination: JobFailure.Destination?, _ running: RunningJobs,
        with effects: @escaping @Sendable (Connection) throws -> Void
    ) async throws {
        try await running.storeEnd(of: job.lease) { [job] in
            try await queue.database.write { connection in
                try JobQueue.bury(job.lease, error: reason, in: connection)
                try effects(connection)
                if let destination {
                    try CircuitBreaker.note(destination, tenant: job.tenant, kind: job.kind, in: connection)
                }
            }
        }
    }

    /// Whether a burial failed by what belongs to it, and not by the moment.
    private static func isOfItsOwn(_ error: any Error) -> Bool {
        switch error {
        case is LeaseLost, is CancellationError: false
        case let error as DatabaseError: !error.isRetryable
        default: true
        }
    }
}
