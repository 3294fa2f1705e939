import Database
import Messaging
import QueueOperations
import TestSupport

/// What comes after a crash: workers go on claiming, leases run out, time passes, until nothing is left to do.
struct NormalLife {
    let database: Database
    let clock: TestClock

    /// Jobs that are not finished.
    func unfinished() async throws -> Set<JobID> {
        try await database.read { connection in
            let rows = try connection.rows("SELECT id FROM jobs WHERE state NOT IN ('done', 'dead', 'discarded')")
            return Set(try rows.map { try $0.get("id") })
        }
    }

    /// Runs until nothing waits any more, or for longer than it ever should.
    /// - Returns: the jobs that were done, each as often as it was.
    func run() async throws -> [JobID] {
        let queue = JobQueue(database)
        let pauses = try await queue.pauses()
        try await database.write(.relaxed) { connection in
            for pause in pauses { _ = try JobQueue.resume(pause.lanes, in: connection) }
        }
        var done: [JobID] = []
        for _ in 0..<100 {
            let jobs = try await queue.claim(Sample.kinds, limit: 50, lease: .seconds(30))
            for job in jobs { try await finish(job) }
            done += jobs.map(\.id)
            guard jobs.isEmpty else { continue }
            guard try await queue.nextDue() != nil else { return done }
            // What is left is not due, or waits for a lease to run out or a breaker to close.
            try await clock.advance(by: .seconds(600), in: database)
        }
        return done
    }

    private func finish(_ job: ClaimedJob) async throws {
        struct Payload: Decodable { let event: EventID }
        let event = job.kind == Sample.apply ? try job.payload(Payload.self).event : nil
        try await database.write(.relaxed) { connection in
            try JobQueue.complete(job.lease, in: connection)
            if let event { try EventInbox.mark(event, .applied, in: connection) }
        }
    }
}
