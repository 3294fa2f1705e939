import Database
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Messaging

/// What happens when a job's end cannot be stored at once.
@Suite(.timeLimit(.minutes(2))) struct StoredEndTests {
    private func withJob(_ body: (RunningJobs, ClaimedJob) async throws -> Void) async throws {
        try await withQueue(on: .sqlite) { queue, _ in
            try await queue.add(try job())
            let running = RunningJobs(limit: 1, lease: .seconds(30))
            let job = try await queue.claimOne()
            running.add(job)
            try await body(running, job)
        }
    }

    @Test func `a write at a bad moment is tried again, one that cannot succeed is not`() async throws {
        try await withJob { running, job in
            for (code, tries) in [(DatabaseError.Code.busy, 3), (.commitUnknown, 3), (.misuse, 1)] {
                let calls = Atomic(0)
                let stored = try? await running.storeEnd(of: job.lease) {
                    if calls.add(1, ordering: .relaxed).newValue < 3 { throw DatabaseError(code, "at will") }
                    return true
                }
                #expect(calls.load(ordering: .relaxed) == tries)
                #expect(stored == (tries == 3 ? true : nil))
            }
        }
    }

    @Test func `a write is not tried again when the lease would be over by then`() async throws {
        try await withJob { running, job in
            let calls = Atomic(0)
            _ = running.loseLeases(endingBy: .now + .seconds(30))
            await #expect(throws: DatabaseError.self) {
                try await running.storeEnd(of: job.lease) {
                    calls.add(1, ordering: .relaxed)
                    throw DatabaseError(.busy, "as the test wants it")
                }
            }
            #expect(calls.load(ordering: .relaxed) == 1)
        }
    }

    /// Of SQLite's file, whose lock another process holds for longer than a write waits.
    @Test(arguments: [false, true])
    func `a job that ends while the database is busy is completed all the same`(withEffects: Bool) async throws {
        try await withQueue(on: .sqlite) { other, test in
            guard case .sqlite(let path) = test.url else { return }
            var options = DatabaseOptions()
            options.busyTimeout = .milliseconds(20)
            options.clock = { TestClock.start }
            let database = try Database.open(.sqlite(path: path), options: options, logger: quiet)
            let handler = Scripted { _, context in
                guard withEffects else { return }
                try await context.complete { try JobQueue.enqueue(MessagingTests.job("effect"), in: $0) }
            }
            let queue = JobQueue(database)
            let id = try await other.add(try job())
            let claimed = try #require(try await queue.claim([kind], limit: 1, lease: .seconds(600)).first)
            // As long as the test itself may take.
            let pauses = Array(repeating: Duration.milliseconds(50), count: 2000)
            let running = RunningJobs(limit: 1, lease: .seconds(600), endPauses: pauses)
            running.add(claimed)
            let lock = try await HeldTransaction(in: other.database)
            let run = Task {
                await JobRun(job: claimed, handler: handler, queue: queue, logger: quiet).run(in: running)
            }
            // Until the first try has failed, more or less.
            try await Task.sleep(for: .milliseconds(100))
            try await lock.end()
            await run.value
            await database.close()
            #expect(try await other.states() == (withEffects ? ["done", "ready"] : ["done"]))
            #expect(try await other.row(id).attempt == 1)
        }
    }
}
