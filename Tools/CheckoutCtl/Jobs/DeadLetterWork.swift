import ArgumentParser
import Commerce
import Database
import Foundation
import Messaging

/// Retries or discards dead letters, many a transaction; one that is refused does not keep the others.
struct DeadLetterWork {
    private let change: DeadLetterChange
    private let letters: DeadLetterOptions
    private let reason: String?
    private let session: Session
    private let queue: JobQueue

    private static let step = 100

    init(_ change: DeadLetterChange, _ letters: DeadLetterOptions, reason: String?, _ session: Session) {
        self.change = change
        self.letters = letters
        self.reason = reason
        self.session = session
        queue = JobQueue(session.database)
    }

    func run() async throws {
        let jobs = try await letters.ids(in: session)
        let progress = Progress("dead letters", total: jobs.count)
        let interruption = Interruption()
        var tally = DeadLetterTally(change: change, selected: jobs.count, isSelection: letters.allDead)
        while tally.seen < jobs.count, tally.end == nil {
            progress.show(done: tally.seen)
            guard !interruption.isAsked else {
                tally.stop("Ctrl-C was pressed.")
                break
            }
            do {
                for outcome in try await take(Array(jobs[tally.seen...].prefix(Self.step))) { tally.count(outcome) }
            } catch  where tally.seen > 0 {
                // What is done is done, and has to be told.
                tally.stop(CommandFailure(error).message)
            }
        }
        progress.end()
        try session.output.print(tally.json, tally.text)
        if let fault = tally.fault { throw CommandFailure.failed(fault) }
    }

    private func take(_ jobs: [JobID]) async throws -> [DeadLetterTally.Outcome] {
        var events: [JobID: EventID] = [:]
        for job in jobs { events[job] = try await event(of: job) }
        return try await session.database.write { [change, reason, events] connection in
            try jobs.map { job in
                do {
                    try connection.attempt {
                        try change.make(of: job, event: events[job], reason: reason, in: connection)
                    }
                    return .done(job)
                } catch let refusal as QueueRefusal {
                    return .refused(refusal)
                }
            }
        }
    }

    /// What an `apply_stripe_event` job is to apply. A payload that cannot be read names none.
    private func event(of job: JobID) async throws -> EventID? {
        guard try await queue.job(job)?.kind == .applyStripeEvent, let text = try await queue.payload(of: job) else {
            return nil
        }
        return try? JSONDecoder().decode(ApplyEventPayload.self, from: Data(text.utf8)).event
    }
}
