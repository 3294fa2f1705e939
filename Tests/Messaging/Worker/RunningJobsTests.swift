import Synchronization
import TestSupport
import Testing

@testable import Messaging

/// What a worker knows of the jobs that it holds.
@Suite struct RunningJobsTests {
    private func withJobs(_ count: Int, _ body: ([ClaimedJob]) throws -> Void) async throws {
        try await withQueue(on: .sqlite) { queue, _ in
            try await queue.add(count) { _ in try job() }
            try body(try await queue.claimSome(count))
        }
    }

    @Test func `each job takes a place until it is gone, and tells when it frees it`() async throws {
        try await withJobs(2) { jobs in
            let running = RunningJobs(limit: 2)
            let freed = Atomic(0)
            running.whenFreed { freed.add(1, ordering: .relaxed) }
            for job in jobs { running.add(job) }
            #expect(running.free == 0)
            #expect(Set(running.renewable) == Set(jobs.map(\.lease)))
            running.remove(jobs[0].lease)
            #expect(running.free == 1)
            #expect(freed.load(ordering: .relaxed) == 1)
        }
    }

    @Test func `a job that is told to stop before it begins hears it when it does`() async throws {
        try await withJobs(2) { jobs in
            let running = RunningJobs(limit: 2)
            let stops = Atomic(0)
            for job in jobs { running.add(job) }
            running.cancel(jobs[0].lease)
            running.started(jobs[0].lease) { stops.add(1, ordering: .relaxed) }
            #expect(stops.load(ordering: .relaxed) == 1)
            running.started(jobs[1].lease) { stops.add(1, ordering: .relaxed) }
            #expect(stops.load(ordering: .relaxed) == 1)
            running.cancelAll()
            #expect(stops.load(ordering: .relaxed) == 3)
            // Gone is gone.
            running.remove(jobs[0].lease)
            running.cancel(jobs[0].lease)
            #expect(stops.load(ordering: .relaxed) == 3)
        }
    }

    /// A claim that was under way when the grace ended, since the database was slow.
    @Test func `what is claimed after the hard stop is told to stop at once`() async throws {
        try await withJobs(1) { jobs in
            let running = RunningJobs(limit: 2)
            let stops = Atomic(0)
            running.cancelAll()
            running.add(jobs[0])
            running.started(jobs[0].lease) { stops.add(1, ordering: .relaxed) }
            #expect(stops.load(ordering: .relaxed) == 1)
        }
    }

    @Test func `it is stuck when every place is taken by one that was given up`() async throws {
        try await withJobs(3) { jobs in
            let running = RunningJobs(limit: 2)
            #expect(!running.isStuck)
            running.add(jobs[0])
            running.stopRenewing(jobs[0].lease)
            #expect(!running.isStuck)
            running.add(jobs[1])
            #expect(!running.isStuck)
            #expect(running.renewable == [jobs[1].lease])
            running.stopRenewing(jobs[1].lease)
            #expect(running.isStuck)
            running.remove(jobs[0].lease)
            #expect(!running.isStuck)
        }
    }
}
