import Database
import Messaging
import TestSupport
import Testing

@Suite struct QueueTests {
    @Test(arguments: Engine.all)
    func `a job is stored with its caller's transaction or not at all`(on engine: Engine) async throws {
        struct Refused: Error {}
        try await withQueue(on: engine) { queue, _ in
            try? await queue.database.write { connection in
                try JobQueue.enqueue(try job(), in: connection)
                throw Refused()
            }
            let claimed = try await queue.claim([kind], limit: 10, lease: lease)
            #expect(claimed.isEmpty)
        }
    }

    @Test(arguments: Engine.all)
    func `a unique key admits one unfinished job`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, _ in
            let first = try await queue.add(try job(key: "a"))
            #expect(first != nil)
            #expect(try await queue.add(try job(key: "a")) == nil)
            #expect(try await queue.add(try job(key: "b")) != nil)
            for claimed in try await queue.claim([kind], limit: 10, lease: lease) { try await queue.finish(claimed) }
            #expect(try await queue.add(try job(key: "a")) != nil)
        }
    }

    @Test(arguments: Engine.all)
    func `a claim counts an attempt and hides the job from others`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, _ in
            try await queue.add(try job("payload"))
            let claimed = try await queue.claim([kind], limit: 10, lease: lease)
            #expect(claimed.count == 1)
            #expect(claimed[0].attempt == 1)
            #expect(try claimed[0].payload(String.self) == "payload")
            #expect(try await queue.claim([kind], limit: 10, lease: lease).isEmpty)
            #expect(try await queue.claim([JobKind("other")], limit: 10, lease: lease).isEmpty)
        }
    }

    @Test(arguments: Engine.all)
    func `a delayed job waits for the database's clock`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            try await queue.add(try job(delay: .seconds(60)))
            #expect(try await queue.claim([kind], limit: 1, lease: lease).isEmpty)
            #expect(try await queue.nextDue([kind]) == .seconds(60))
            try await test.advance(by: .seconds(60))
            #expect(try await queue.claim([kind], limit: 1, lease: lease).count == 1)
        }
    }

    @Test(arguments: Engine.all)
    func `an expired lease is no lease`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            try await queue.add(try job())
            let first = try await queue.claim([kind], limit: 1, lease: lease)[0]
            try await test.advance(by: lease)
            let second = try await queue.claim([kind], limit: 1, lease: lease)[0]
            #expect(second.attempt == 2)
            await #expect(throws: LeaseLost.self) { try await queue.finish(first) }
            await #expect(throws: LeaseLost.self) { try await queue.retry(first.lease, after: .zero, error: "x") }
            await #expect(throws: LeaseLost.self) { try await queue.release(first.lease, after: .zero, reason: "x") }
            await #expect(throws: LeaseLost.self) { try await queue.bury(first) }
            #expect(try await queue.renew([first.lease, second.lease], by: lease) == [first.lease])
            try await queue.finish(second)
            await #expect(throws: LeaseLost.self) { try await queue.finish(second) }
        }
    }

    @Test(arguments: Engine.all)
    func `a renewed lease outlives its first end`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            try await queue.add(try job())
            let held = try await queue.claim([kind], limit: 1, lease: lease)[0]
            for _ in 0..<5 {
                try await test.advance(by: .seconds(20))
                #expect(try await queue.renew([held.lease], by: lease).isEmpty)
                #expect(try await queue.claim([kind], limit: 1, lease: lease).isEmpty)
            }
            try await queue.finish(held)
        }
    }

    @Test(arguments: Engine.all)
    func `a job that killed every worker is claimed once more, only to be buried`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            let id = try #require(try await queue.add(try job(maxAttempts: 3)))
            for attempt in 1...3 {
                let claimed = try await queue.claim([kind], limit: 1, lease: lease)
                #expect(claimed.map(\.attempt) == [attempt])
                #expect(claimed.map(\.isExhausted) == [false])
                try await test.advance(by: lease)
            }
            let last = try await queue.claimOne()
            #expect(last.isExhausted)
            #expect(try await queue.job(id)?.lastError?.contains("lease expired") == true)
            try await queue.bury(last)
            let row = try #require(try await queue.job(id))
            #expect(row.state == "dead")
            #expect(row.attempt == 3)
        }
    }

    @Test(arguments: Engine.all)
    func `retry counts, release does not, bury ends`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            let id = try #require(try await queue.add(try job()))
            try await queue.retry(queue.claimOne().lease, after: .seconds(5), error: "no answer")
            #expect(try await queue.claim([kind], limit: 1, lease: lease).isEmpty)
            try await test.advance(by: .seconds(5))
            let second = try await queue.claimOne()
            #expect(second.attempt == 2)
            try await queue.release(second.lease, after: .zero, reason: "shutdown")
            let third = try await queue.claimOne()
            #expect(third.attempt == 2)
            try await queue.bury(third, error: "hopeless")
            let row = try #require(try await queue.job(id))
            #expect(row.state == "dead")
            #expect(row.lastError == "hopeless")
            let dead = try await queue.jobs(state: "dead", limit: 10)
            #expect(dead.map(\.id) == [id])
        }
    }

    @Test(arguments: Engine.all)
    func `completion and the job's writes are one transaction`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            try await queue.add(try job())
            let held = try await queue.claimOne()
            try await test.advance(by: lease)
            _ = try await queue.claimOne()
            await #expect(throws: LeaseLost.self) {
                try await queue.database.write { connection in
                    try JobQueue.enqueue(try job(key: "effect"), in: connection)
                    try JobQueue.complete(held.lease, in: connection)
                }
            }
            #expect(try await queue.jobs(limit: 10).count == 1)
        }
    }

    @Test(arguments: Engine.all)
    func `many consumers run each job exactly once`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            let other = JobQueue(try test.openAgain())
            try await queue.database.write { connection in
                for number in 0..<300 { try JobQueue.enqueue(try job("\(number)"), in: connection) }
            }
            let done = try await withThrowingTaskGroup(of: [String].self) { group in
                for number in 0..<8 {
                    let mine = number.isMultiple(of: 2) ? queue : other
                    group.addTask {
                        var done: [String] = []
                        while case let jobs = try await mine.claim([kind], limit: 7, lease: lease), !jobs.isEmpty {
                            for job in jobs {
                                try await mine.finish(job)
                                done.append(try job.payload(String.self))
                            }
                        }
                        return done
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(done.count == 300)
            #expect(Set(done).count == 300)
            await other.database.close()
        }
    }

    @Test(arguments: Engine.all)
    func `statistics count what waits, runs and died`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            for _ in 0..<4 { try await queue.add(try job()) }
            try await queue.bury(queue.claimOne())
            _ = try await queue.claimOne()
            try await test.advance(by: .seconds(3))
            let counts = try await queue.statistics()
            #expect(counts.map(\.state) == ["dead", "leased", "ready"])
            #expect(counts.map(\.count) == [1, 1, 2])
            #expect(counts.map(\.oldestAge) == [0, 0, 3_000_000])
        }
    }
}
