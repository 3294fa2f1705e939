import Database
import TestSupport
import Testing

@testable import Messaging

@Suite struct FencingTests {
    /// How a claimer may have lost its job.
    enum Loss: String, CaseIterable, Sendable {
        case takenByAnother, finished, buried, retried, released, takenBack
    }

    @Test(arguments: Engine.all, Loss.allCases)
    func `a lease that was lost changes nothing any more`(on engine: Engine, by loss: Loss) async throws {
        try await withTwoQueues(on: engine) { queue, other, test in
            let id = try await queue.add(try job(subject: "s"))
            let held = try await queue.claimOne()
            switch loss {
            case .takenByAnother:
                try await test.advance(by: lease)
                #expect(try await other.claimOne().id == id)
            case .takenBack:
                try await test.advance(by: lease)
                #expect(try await other.claimSome(suspects: false).isEmpty)
            case .finished: try await queue.finish(held)
            case .buried: try await queue.bury(held)
            case .retried: try await queue.retry(held)
            case .released: try await queue.release(held, after: .seconds(1))
            }
            let before = try await queue.state(of: id)
            try await expectLost(held, by: queue)
            try await expectLost(held, by: other)
            #expect(try await queue.state(of: id) == before)
        }
    }

    private func expectLost(_ held: ClaimedJob, by queue: JobQueue) async throws {
        await #expect(throws: LeaseLost.self) { try await queue.finish(held) }
        await #expect(throws: LeaseLost.self) { try await queue.retry(held, after: .seconds(9)) }
        await #expect(throws: LeaseLost.self) { try await queue.release(held) }
        await #expect(throws: LeaseLost.self) { try await queue.bury(held) }
        #expect(try await queue.finish([held]) == [held.lease])
        #expect(try await queue.renew([held.lease], by: .seconds(999)) == [held.lease])
    }

    @Test(arguments: Engine.all)
    func `of two leases of one job the older is the lost one`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            try await queue.add(2) { _ in try job() }
            let first = try await queue.claimOne()
            try await test.advance(by: lease)
            let second = try await queue.claimOne()
            let bystander = try await queue.claimOne()
            #expect(first.id == second.id)
            let all = [first.lease, second.lease, bystander.lease]
            #expect(try await queue.renew(all, by: lease) == [first.lease])
            #expect(try await queue.complete(all) == [first.lease])
            #expect(try await queue.complete(all) == all)
        }
    }

    @Test(arguments: Engine.all)
    func `completion and the job's writes are one transaction`(on engine: Engine) async throws {
        struct Refused: Error {}
        try await withQueue(on: engine) { queue, test in
            try await queue.add(try job())
            let lost = try await queue.claimOne()
            try await test.advance(by: lease)
            let held = try await queue.claimOne()
            for (mine, isRefused) in [(lost, false), (held, true)] {
                await #expect(throws: (any Error).self) {
                    try await queue.database.write { connection in
                        try JobQueue.enqueue(try job(key: "effect"), in: connection)
                        try JobQueue.complete(mine.lease, in: connection)
                        if isRefused { throw Refused() }
                    }
                }
                #expect(try await queue.states() == ["leased"])
            }
            try await queue.database.write { connection in
                try JobQueue.complete(held.lease, in: connection)
                try JobQueue.enqueue(try job(key: "effect"), in: connection)
            }
            #expect(try await queue.states() == ["done", "ready"])
        }
    }

    @Test(arguments: Engine.all)
    func `of many that end one lease at once exactly one succeeds`(on engine: Engine) async throws {
        try await withTwoQueues(on: engine) { queue, other, _ in
            for _ in 0..<10 {
                try await queue.add(try job())
                let held = try await queue.claimOne()
                let successes = await withTaskGroup(of: Int.self) { group in
                    for number in 0..<12 {
                        let mine = number.isMultiple(of: 2) ? queue : other
                        group.addTask {
                            do {
                                switch number % 4 {
                                case 0: try await mine.finish(held)
                                case 1: try await mine.bury(held)
                                case 2: return try await mine.finish([held]).isEmpty ? 1 : 0
                                default: try await mine.retry(held, after: .seconds(60))
                                }
                                return 1
                            } catch {
                                #expect(error is LeaseLost)
                                return 0
                            }
                        }
                    }
                    return await group.reduce(0, +)
                }
                #expect(successes == 1)
            }
        }
    }

    @Test
    func `a lost lease says which job's result was discarded`() {
        #expect("\(LeaseLost(job: JobID(rawValue: 42)))".contains("job_42"))
    }
}

extension JobQueue {
    /// All that a stale claimer could have changed.
    func state(of id: JobID) async throws -> [String] {
        let row = try await database.read { try $0.row("SELECT * FROM jobs WHERE id = $1", id) }
        let attempts = try await attempts(of: id)
        return (row?.cells ?? []).map { "\($0.name) \($0.value)" } + attempts.map { "\($0)" }
    }
}
