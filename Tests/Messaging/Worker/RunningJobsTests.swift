import Synchronization
import TestSupport
import Testing

@testable import Messaging

/// What a worker knows of the jobs that it holds.
@Suite struct RunningJobsTests {
    private let begin = ContinuousClock.now

    private func withJobs(_ count: Int, _ body: (RunningJobs, [ClaimedJob]) throws -> Void) async throws {
        try await withQueue(on: .sqlite) { queue, _ in
            try await queue.add(count) { _ in try job() }
            try body(RunningJobs(limit: 2, lease: .seconds(30)), try await queue.claimSome(count))
        }
    }

    /// Why each job was told to stop, in order.
    private final class Orders: Sendable {
        private let reasons = Mutex<[RunningJobs.StopReason]>([])

        var all: [RunningJobs.StopReason] { reasons.withLock { $0 } }

        func note(_ reason: RunningJobs.StopReason) { reasons.withLock { $0.append(reason) } }
    }

    @Test func `each job takes a place until it is gone, and tells when it frees it`() async throws {
        try await withJobs(2) { running, jobs in
            let freed = Atomic(0)
            running.whenFreed { freed.add(1, ordering: .relaxed) }
            for job in jobs { running.add(job) }
            #expect(running.free == 0)
            #expect(running.beginRenewal().map(Set.init) == Set(jobs.map(\.lease)))
            running.remove(jobs[0].lease)
            #expect(running.free == 1)
            #expect(freed.load(ordering: .relaxed) == 1)
        }
    }

    // MARK: Stopping

    @Test func `a job that is told to stop before it begins hears it then, and each hears it once`() async throws {
        try await withJobs(2) { running, jobs in
            let orders = Orders()
            for job in jobs { running.add(job, claimed: begin) }
            running.started(jobs[1].lease, stop: orders.note)
            #expect(running.loseLeases(endingBy: begin + .seconds(30)).count == 2)
            #expect(orders.all == [.leaseLost])
            running.started(jobs[0].lease, stop: orders.note)
            #expect(orders.all == [.leaseLost, .leaseLost])
            running.stopAll()
            #expect(orders.all.count == 2)
        }
    }

    /// A claim that was under way when the grace ended, since the database was slow.
    @Test func `what is claimed after the hard stop is told to stop at once`() async throws {
        try await withJobs(1) { running, jobs in
            let orders = Orders()
            running.stopAll()
            running.add(jobs[0])
            running.started(jobs[0].lease, stop: orders.note)
            #expect(orders.all == [.shutdown])
        }
    }

    // MARK: Leases

    @Test func `a lease that is not renewed is lost a lease after the claim was sent`() async throws {
        try await withJobs(2) { running, jobs in
            running.add(jobs[0], claimed: begin)
            running.add(jobs[1], claimed: begin + .seconds(5))
            #expect(running.loseLeases(endingBy: begin + .seconds(29)) == [])
            #expect(running.loseLeases(endingBy: begin + .seconds(30)) == [jobs[0].lease])
            // It is not renewed any more, nor lost twice.
            #expect(running.beginRenewal() == [jobs[1].lease])
            #expect(running.loseLeases(endingBy: begin + .seconds(31)) == [])
            #expect(!running.holds(jobs[0].lease, for: .zero))
            #expect(running.holds(jobs[1].lease, for: .seconds(25)))
            #expect(!running.holds(jobs[1].lease, for: .seconds(36)))
        }
    }

    @Test func `a renewal counts from before it was sent, and one answered late takes nothing back`() async throws {
        try await withJobs(1) { running, jobs in
            let lease = jobs[0].lease
            running.add(jobs[0], claimed: begin)
            #expect(running.renewed([lease], missing: [], sent: begin + .seconds(20)) == [])
            #expect(running.renewed([lease], missing: [], sent: begin + .seconds(10)) == [])
            #expect(running.loseLeases(endingBy: begin + .seconds(49)) == [])
            #expect(running.loseLeases(endingBy: begin + .seconds(50)) == [lease])
        }
    }

    @Test func `two renewals may be under way at once`() async throws {
        try await withJobs(1) { running, jobs in
            running.add(jobs[0])
            #expect(running.beginRenewal() == [jobs[0].lease])
            #expect(running.beginRenewal() == [jobs[0].lease])
            #expect(running.beginRenewal() == nil)
            running.endRenewal()
            #expect(running.beginRenewal() == [jobs[0].lease])
        }
    }

    @Test func `a lease that the database does not know is lost at once, unless it was just used`() async throws {
        try await withJobs(2) { running, jobs in
            let (lease, ending) = (jobs[0].lease, jobs[1].lease)
            for job in jobs { running.add(job, claimed: begin) }
            running.setEnding(ending, true)
            #expect(running.renewed([lease, ending], missing: [lease, ending], sent: begin) == [lease])
            #expect(running.loseLeases(endingBy: begin + .seconds(60)) == [])
            // It was not stored after all.
            running.setEnding(ending, false)
            #expect(running.loseLeases(endingBy: begin + .seconds(60)) == [ending])
            // Gone is gone.
            running.remove(ending)
            #expect(running.renewed([ending], missing: [ending], sent: begin) == [])
        }
    }

    // MARK: Suspects and places that are lost

    @Test func `a suspect keeps the next one out until it has lived for a lease, or is gone`() async throws {
        try await withQueue(on: .sqlite) { queue, test in
            try await queue.add(try job())
            _ = try await queue.claimOne()
            try await test.advance(by: lease)
            let suspect = try await queue.claimOne()
            let running = RunningJobs(limit: 2, lease: .seconds(30))
            running.add(suspect, claimed: begin)
            #expect(running.hasNewSuspect(at: begin + .seconds(29)))
            #expect(!running.hasNewSuspect(at: begin + .seconds(30)))
            running.giveUp(suspect.lease, at: begin)
            #expect(!running.hasNewSuspect(at: begin + .seconds(30)))
            running.remove(suspect.lease)
            #expect(!running.hasNewSuspect(at: begin))
        }
    }

    @Test func `it is stuck when every place is taken by one that was given up a lease ago`() async throws {
        try await withJobs(2) { running, jobs in
            let later = begin + .seconds(60)
            #expect(!running.isStuck(at: later))
            running.add(jobs[0])
            running.giveUp(jobs[0].lease, at: begin)
            #expect(!running.isStuck(at: later))
            running.add(jobs[1])
            #expect(!running.isStuck(at: later))
            #expect(running.beginRenewal() == [jobs[1].lease])
            running.giveUp(jobs[1].lease, at: begin + .seconds(30))
            #expect(running.givenUp == 2)
            #expect(!running.isStuck(at: begin + .seconds(59)))
            #expect(running.isStuck(at: later))
            running.remove(jobs[0].lease)
            #expect(running.givenUp == 1)
            #expect(!running.isStuck(at: later))
        }
    }
}
