import Database
import Messaging
import TestSupport
import Testing

@Suite struct SuspectTests {
    @Test(arguments: Engine.all)
    func `the first lost worker costs a job nothing, each later one an attempt`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            let id = try await queue.add(try job(maxAttempts: 3))
            var seen: [Int] = []
            for round in 0..<4 {
                let claimed = try await queue.claimOne()
                seen.append(claimed.attempt)
                #expect(claimed.isSuspect == (round > 0))
                #expect(!claimed.isExhausted)
                try await test.advance(by: lease)
            }
            #expect(seen == [1, 1, 2, 3])
            let last = try await queue.claimOne()
            #expect(last.isExhausted)
            #expect(last.failures == 0)
            try await queue.bury(last, error: "it kills workers")
            let row = try await queue.row(id)
            #expect(row.state == "dead")
            #expect(row.attempt == 3)
            #expect(row.crashes == 4)
            let outcomes = try await queue.attempts(of: id).map(\.outcome)
            #expect(outcomes == ["expired", "expired", "expired", "expired", "buried"])
        }
    }

    @Test(arguments: Engine.all)
    func `a claim takes one suspect, and others beside it`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            try await queue.add(4) { try job("crashed \($0)") }
            #expect(try await queue.claimSome(4).count == 4)
            try await test.advance(by: lease)
            try await queue.add(3) { try job("fresh \($0)") }
            let first = try await queue.claimSome(10)
            #expect(first.count == 4)
            #expect(first.count(where: \.isSuspect) == 1)
            #expect(try await queue.claimSome(10).count == 1)
            #expect(try await queue.claimSome(10, suspects: false).isEmpty)
            #expect(try await queue.claimSome(10).count == 1)
            #expect(try await queue.claimSome(10).count == 1)
            #expect(try await queue.claimSome(10).isEmpty)
        }
    }

    @Test(arguments: Engine.all)
    func `a worker that may run no suspect gets the others`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            try await queue.add(2) { _ in try job("crashed") }
            _ = try await queue.claimSome()
            try await test.advance(by: lease)
            try await queue.add(try job("fresh"))
            #expect(try await queue.claimSome(10, suspects: false).map { try $0.text } == ["fresh"])
            #expect(try await queue.claimSome(10, suspects: false).isEmpty)
            #expect(try await queue.states() == ["suspect", "suspect", "leased"])
        }
    }

    @Test(arguments: Engine.all, [Duration.zero, .seconds(1)])
    func `a suspect that is handed back is one still`(on engine: Engine, for pause: Duration) async throws {
        try await withQueue(on: engine) { queue, test in
            try await queue.add(2) { _ in try job() }
            _ = try await queue.claimSome()
            try await test.advance(by: lease)
            let (first, second) = (try await queue.claimOne(), try await queue.claimOne())
            try await queue.retry(first, after: pause)
            try await queue.release(second, after: pause)
            try await test.advance(by: pause)
            #expect(try await queue.claimSome(10).map(\.isSuspect) == [true])
            #expect(try await queue.claimSome(10, suspects: false).isEmpty)
            #expect(try await queue.claimSome(10).map(\.isSuspect) == [true])
        }
    }

    @Test(arguments: Engine.all)
    func `a suspect heeds its subject, its tenant's limit and pauses`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            let id = try await queue.add(try job("suspect", subject: "s"))
            _ = try await queue.claimOne()
            try await test.advance(by: lease)
            #expect(try await queue.claimSome(suspects: false).isEmpty)
            let sibling = try await queue.add(try job("sibling", subject: "s"))
            let running = try #require(try await queue.claimSome(suspects: false).first)
            #expect(running.id == sibling)
            #expect(try await queue.claimSome().isEmpty)
            try await queue.operate { try JobQueue.setShare(of: tenant, weight: 1, limit: 1, in: $0) }
            try await queue.finish(running)
            let third = try await queue.add(try job("third", priority: .high))
            #expect(try await queue.claimSome(10, suspects: false).map(\.id) == [third])
            #expect(try await queue.claimSome().isEmpty)
            try await queue.operate { try JobQueue.setShare(of: tenant, weight: 1, limit: 2, in: $0) }
            try await queue.operate { try JobQueue.pause(LaneSelector(kind: kind), in: $0) }
            #expect(try await queue.claimSome().isEmpty)
            try await queue.operate { _ = try JobQueue.resume(LaneSelector(kind: kind), in: $0) }
            #expect(try await queue.claimSome().map(\.id) == [id])
        }
    }

    @Test(arguments: Engine.all)
    func `suspects that may not run stand in no other's way`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            try await queue.add(450) { _ in try job() }
            try await queue.add(try job("other's", for: otherTenant))
            #expect(try await queue.claimSome(1000).count == 451)
            try await test.advance(by: lease)
            try await queue.operate { try JobQueue.pause(LaneSelector(tenant: tenant), in: $0) }
            var found: [ClaimedJob] = []
            // Two claims at most: one brings back what expired, in batches.
            for _ in 0..<2 where found.isEmpty { found = try await queue.claimSome(1) }
            #expect(try found.map { try $0.text } == ["other's"])
        }
    }

    @Test(arguments: Engine.all)
    func `thousands of leases that end at once are all found again`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            try await queue.add(1200) { try job("\($0)") }
            #expect(try await queue.claimSome(2000).count == 1200)
            try await test.advance(by: lease)
            for _ in 0..<3 { #expect(try await queue.claimSome(10).count == 1) }
            let states = try await queue.states()
            #expect(states.count(where: { $0 == "suspect" }) == 1197)
            #expect(states.count(where: { $0 == "leased" }) == 3)
        }
    }
}
