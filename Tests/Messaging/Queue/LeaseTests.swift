import Database
import Messaging
import TestSupport
import Testing

@Suite struct LeaseTests {
    @Test(arguments: Engine.all)
    func `a lease holds for its time and not a moment longer`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            try await queue.add(try job())
            _ = try await queue.claimOne()
            #expect(try await queue.nextDue() == lease)
            try await test.advance(by: lease - .microseconds(1))
            #expect(try await queue.claimSome().isEmpty)
            try await test.advance(by: .microseconds(1))
            #expect(try await queue.claimSome().count == 1)
        }
    }

    @Test(arguments: Engine.all)
    func `a renewed lease outlives its first end`(on engine: Engine) async throws {
        try await withTwoQueues(on: engine) { queue, other, test in
            try await queue.add(3) { _ in try job() }
            let held = try await queue.claimSome(2)
            let abandoned = try await queue.claimOne()
            for _ in 0..<5 {
                try await test.advance(by: .seconds(20))
                #expect(try await queue.renew(held.map(\.lease), by: lease).isEmpty)
                for taken in try await other.claimSome() {
                    #expect(taken.id == abandoned.id)
                    try await other.finish(taken)
                }
            }
            #expect(try await queue.renew([abandoned.lease] + held.map(\.lease), by: lease) == [abandoned.lease])
            #expect(try await queue.finish(held).isEmpty)
        }
    }

    @Test(arguments: Engine.all)
    func `a renewal counts from now, not from the last end`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            try await queue.add(try job())
            let held = try await queue.claimOne()
            for _ in 0..<10 { #expect(try await queue.renew([held.lease], by: lease).isEmpty) }
            #expect(try await queue.renew([], by: lease).isEmpty)
            try await test.advance(by: lease)
            #expect(try await queue.claimOne().id == held.id)
        }
    }

    @Test(arguments: Engine.all)
    func `retry counts, release does not, bury ends`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            let id = try await queue.add(try job())
            try await queue.retry(queue.claimOne(), after: .seconds(5))
            #expect(try await queue.row(id).lastError == "no answer")
            #expect(try await queue.row(id).runAt == TestClock.start + 5_000_000)
            #expect(try await queue.claimSome().isEmpty)
            try await test.advance(by: .seconds(5))
            let second = try await queue.claimOne()
            #expect((second.attempt, second.failures) == (2, 1))
            try await queue.release(second)
            for _ in 0..<30 {
                let released = try await queue.claimOne()
                #expect((released.attempt, released.failures) == (2, 1))
                try await queue.release(released)
            }
            try await queue.release(queue.claimOne(), after: .seconds(7))
            #expect(try await queue.nextDue() == .seconds(7))
            #expect(try await queue.row(id).lastError == "handed back")
            try await test.advance(by: .seconds(7))
            let third = try await queue.claimOne()
            #expect(third.attempt == 2)
            try await queue.bury(third, error: "hopeless")
            let row = try await queue.row(id)
            #expect(row.state == "dead")
            #expect(row.lastError == "hopeless")
            #expect(row.finishedAt == TestClock.start + 12_000_000)
            #expect(try await queue.nextDue() == nil)
        }
    }

    @Test(arguments: Engine.all)
    func `every attempt that did not succeed stays in the history`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            let id = try await queue.add(try job())
            try await test.advance(by: .seconds(1))
            let first = try await queue.claimOne()
            try await test.advance(by: .seconds(2))
            try await queue.retry(first, error: String(repeating: "é", count: 5000))
            let second = try await queue.claimOne()
            try await queue.retry(second.lease, after: .zero, error: "slow", outcome: .timedOut)
            try await queue.release(queue.claimOne())
            _ = try await queue.claimOne()
            try await test.advance(by: lease * 2)
            try await queue.bury(queue.claimOne(), error: "hopeless")
            let attempts = try await queue.attempts(of: id)
            #expect(attempts.map(\.outcome) == ["failed", "timed_out", "expired", "buried"])
            #expect(attempts.map(\.attempt) == [1, 2, 3, 3])
            let base = TestClock.start
            #expect(attempts[0].startedAt == base + 1_000_000)
            #expect(attempts[0].endedAt == base + 3_000_000)
            // Its end is when the lease ended, not when somebody noticed.
            #expect(attempts[2].endedAt == base + 33_000_000)
            #expect(attempts[0].error.hasPrefix("ééé"))
            #expect((100...1000).contains(attempts[0].error.count))
            #expect(attempts[1].error == "slow")
            #expect(attempts[2].error.contains("lease expired"))
            #expect(attempts[3].error == "hopeless")
        }
    }

    @Test(arguments: Engine.all)
    func `a job that is done leaves no attempt behind when none failed`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            let id = try await queue.add(try job())
            let held = try await queue.claimOne()
            try await test.advance(by: .seconds(3))
            try await queue.finish(held)
            #expect(try await queue.attempts(of: id).isEmpty)
            let row = try await queue.row(id)
            #expect(row.state == "done")
            #expect(row.attempt == 1)
            #expect(row.finishedAt == TestClock.start + 3_000_000)
        }
    }
}
