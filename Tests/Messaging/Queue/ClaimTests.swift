import Database
import Messaging
import TestSupport
import Testing

@Suite struct ClaimTests {
    @Test(arguments: Engine.all)
    func `a claim counts an attempt and hides the job from others`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            try await test.advance(by: .seconds(7))
            let id = try await queue.add(try job("payload", maxAttempts: 3))
            let claimed = try #require(try await queue.claimSome().first)
            #expect(claimed.id == id)
            #expect(claimed.kind == kind)
            #expect(claimed.tenant == tenant)
            #expect(claimed.attempt == 1)
            #expect(claimed.maxAttempts == 3)
            #expect(claimed.failures == 0)
            #expect(!claimed.isSuspect)
            #expect(!claimed.isExhausted)
            #expect(claimed.createdAt == TestClock.start + 7_000_000)
            // The database's time, and not this host's; then it goes on.
            let now = claimed.now
            #expect((0..<60_000_000).contains(now - test.clock.now))
            #expect(claimed.now >= now)
            #expect(try claimed.text == "payload")
            #expect(try await queue.claimSome().isEmpty)
        }
    }

    @Test(arguments: Engine.all)
    func `only kinds that are asked for are claimed, and no more than asked for`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, _ in
            try await queue.add(5) { _ in try job() }
            try await queue.add(5) { _ in try job(of: otherKind) }
            #expect(try await queue.claim([], limit: 10, lease: lease).isEmpty)
            #expect(try await queue.claim([kind], limit: 0, lease: lease).isEmpty)
            #expect(try await queue.claim([JobKind("unknown")], limit: 10, lease: lease).isEmpty)
            #expect(
                try await queue.claim([otherKind], limit: 3, lease: lease).map(\.kind) == [
                    otherKind, otherKind, otherKind,
                ])
            #expect(try await queue.claim([kind, otherKind], limit: 100, lease: lease).count == 7)
        }
    }

    @Test(arguments: Engine.all)
    func `within a tenant the urgent goes first, then the older`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            let plan: [(String, JobPriority, JobKind)] = [
                ("low", .low, kind), ("1", .normal, kind), ("2", .normal, otherKind), ("high 1", .high, otherKind),
                ("3", .normal, kind), ("high 2", .high, kind), ("low 2", .low, otherKind),
            ]
            try await queue.add(try job("waited", delay: .seconds(1)))
            for (name, priority, kind) in plan { try await queue.add(try job(name, of: kind, priority: priority)) }
            try await test.advance(by: .seconds(2))
            try await queue.add(try job("high 3", priority: .high))
            var order: [String] = []
            while case let jobs = try await queue.claim([kind, otherKind], limit: 1, lease: lease), !jobs.isEmpty {
                order.append(try jobs[0].text)
            }
            #expect(order == ["high 1", "high 2", "high 3", "1", "2", "3", "waited", "low", "low 2"])
        }
    }

    @Test(arguments: Engine.all)
    func `a batch takes the first ones`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, _ in
            try await queue.add(300) { number in
                try job("\(number)", priority: number % 3 == 2 ? .high : number % 3 == 1 ? .normal : .low)
            }
            let first = Set(try await queue.claimSome(150).map { try $0.text })
            let expected = (0..<300).filter { $0 % 3 == 2 } + (0..<300).filter { $0 % 3 == 1 }.prefix(50)
            #expect(first == Set(expected.map { "\($0)" }))
            #expect(try await queue.claimSome(1000).count == 150)
        }
    }

    @Test(arguments: Engine.all)
    func `a batch is completed at once, and lost leases are named`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            try await queue.add(60) { _ in try job() }
            let held = try await queue.claimSome(50)
            #expect(try await queue.complete([]).isEmpty)
            #expect(try await queue.finish(Array(held[0..<10])).isEmpty)
            try await queue.bury(held[10])
            try await queue.release(held[11])
            #expect(Set(try await queue.finish(held)) == Set(held[0...11].map(\.lease)))
            #expect(try await queue.finish(held).count == 50)
            let states = try await queue.jobs(limit: 100).map(\.state)
            #expect(states.count(where: { $0 == "done" }) == 48)
            #expect(states.count(where: { $0 == "ready" }) == 11)
        }
    }

    @Test(arguments: Engine.all)
    func `many consumers run each job exactly once`(on engine: Engine) async throws {
        try await withTwoQueues(on: engine) { queue, other, _ in
            try await queue.add(400) { try job("\($0)", for: $0 % 3 == 0 ? otherTenant : tenant) }
            let done = try await withThrowingTaskGroup(of: [String].self) { group in
                for number in 0..<16 {
                    let mine = number.isMultiple(of: 2) ? queue : other
                    group.addTask {
                        var done: [String] = []
                        while case let jobs = try await mine.claimSome(7), !jobs.isEmpty {
                            done += try jobs.map { try $0.text }
                            if number < 8 {
                                #expect(try await mine.finish(jobs).isEmpty)
                            } else {
                                for job in jobs { try await mine.finish(job) }
                            }
                        }
                        return done
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(done.count == 400)
            #expect(Set(done).count == 400)
            #expect(Set(try await queue.states()) == ["done"])
        }
    }
}
