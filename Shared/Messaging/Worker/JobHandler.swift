package import Database
package import Logging
import Synchronization

/// Runs one kind of job.
package protocol JobHandler: Sendable {
    var kind: JobKind { get }
    /// What follows a failed attempt.
    var retry: RetryPolicy { get }
    /// An attempt that takes longer is cancelled and counts as failed.
    var timeLimit: Duration { get }

    /// Does the job, and finishes it with `context.complete`; a run that returns without is completed without effects.
    ///
    /// It may run more than once, and a second run may begin while a first one that lost its lease still goes on: what it
    /// does outside the database must bear repetition, what it does inside belongs into `context.complete`. It is
    /// cancelled to stop it, and must not block its thread: a few that do, and the whole worker stands still.
    /// - Throws: `JobFailure` to say what becomes of the job; any other error means a retry by `retry`.
    func run(_ job: ClaimedJob, _ context: JobContext) async throws

    /// Does what belongs into the transaction that moves the job to the dead letters; by default nothing. While it throws,
    /// the job stays out of them; with its attempts used up it is buried without.
    func buried(_ job: ClaimedJob, in connection: Connection) throws
}

extension JobHandler {
    package func buried(_ job: ClaimedJob, in connection: Connection) throws {}
}

/// What a handler has at hand.
package struct JobContext: Sendable {
    package let database: Database
    package let logger: Logger
    private let lease: Lease
    private let running: RunningJobs
    private let completion = Completion()

    init(database: Database, logger: Logger, lease: Lease, running: RunningJobs) {
        self.database = database
        self.logger = logger
        self.lease = lease
        self.running = running
    }

    /// Completes the job and does the writes of `body` in the same transaction; where that comes at a bad moment, it is
    /// tried again for a while.
    /// - Throws: `LeaseLost`, and nothing is written, when the lease is gone.
    @discardableResult
    package func complete<T: Sendable>(
        _ body: @escaping @Sendable (Connection) throws -> T = { (_: Connection) in }
    ) async throws -> T {
        let lease = lease
        let result = try await running.storeEnd(of: lease) {
            try await database.write { connection in
                try JobQueue.complete(lease, in: connection)
                return try body(connection)
            }
        }
        completion.isDone.store(true, ordering: .relaxed)
        return result
    }

    var isCompleted: Bool { completion.isDone.load(ordering: .relaxed) }

    private final class Completion: Sendable {
        let isDone = Atomic(false)
    }
}
