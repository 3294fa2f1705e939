import Database
import Dispatch
import Messaging
import TestSupport
import Testing

@Suite struct DutyTests {
    private let duty = Duty("sweep", every: .seconds(3600), lease: .seconds(60))

    @Test(arguments: Engine.all)
    func `of many that want a duty at once one gets it`(on engine: Engine) async throws {
        try await withTwoQueues(on: engine) { queue, other, test in
            for _ in 0..<5 {
                let turns = try await withThrowingTaskGroup(of: DutyTurn?.self) { group in
                    for number in 0..<16 {
                        let mine = number.isMultiple(of: 2) ? queue : other
                        group.addTask { try await duty.take(in: mine.database) }
                    }
                    return try await group.reduce(into: []) { $0 += $1.map { [$0] } ?? [] }
                }
                #expect(turns.count == 1)
                try await turns.first?.finish(in: queue.database)
                try await test.advance(by: .seconds(3600))
            }
        }
    }

    @Test(arguments: Engine.all)
    func `it is due again its interval after its end`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            let turn = try #require(try await duty.take(in: queue.database))
            try await test.advance(by: .seconds(50))
            try await queue.database.write { try turn.keep(in: $0) }
            try await turn.finish(in: queue.database)
            try await test.advance(by: .seconds(3600) - .microseconds(1))
            #expect(try await duty.take(in: queue.database) == nil)
            try await test.advance(by: .microseconds(1))
            #expect(try await duty.take(in: queue.database) != nil)
        }
    }

    /// Every worker asks again and again: that must not wait for anybody's write, nor be one.
    @Test(arguments: Engine.all)
    func `one that is held or not due is asked for without a write`(on engine: Engine) async throws {
        try await withTwoQueues(on: engine) { queue, other, _ in
            let turn = try #require(try await duty.take(in: queue.database))
            let second = try await whileWritesWait(for: queue.database) { try await duty.take(in: other.database) }
            #expect(second == nil)
            try await turn.finish(in: queue.database)
            let third = try await whileWritesWait(for: queue.database) { try await duty.take(in: other.database) }
            #expect(third == nil)
        }
    }

    /// Who writes to the duties meanwhile is refused in the end.
    private func whileWritesWait<Result: Sendable>(
        for database: Database, _ body: () async throws -> Result
    ) async throws -> Result {
        let (held, hold) = AsyncStream<Void>.makeStream()
        let mayEnd = DispatchSemaphore(value: 0)
        async let holder: Void = database.write { connection in
            if connection.dialect == .postgres { try connection.execute("LOCK TABLE duties IN EXCLUSIVE MODE") }
            hold.yield()
            mayEnd.wait()
        }
        for await _ in held { break }
        defer { mayEnd.signal() }
        let result = try await body()
        mayEnd.signal()
        try await holder
        return result
    }

    @Test(arguments: Engine.all)
    func `duties do not stand in each other's way`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, _ in
            let turn = try await duty.take(in: queue.database)
            #expect(turn != nil)
            #expect(try await Duty("other", every: .seconds(1)).take(in: queue.database) != nil)
            #expect(try await duty.take(in: queue.database) == nil)
        }
    }

    @Test(arguments: Engine.all)
    func `a runner that is silent for a lease loses it, and its step is undone`(on engine: Engine) async throws {
        try await withTwoQueues(on: engine) { queue, other, test in
            let slow = try #require(try await duty.take(in: queue.database))
            try await test.advance(by: .seconds(60) - .microseconds(1))
            #expect(try await duty.take(in: other.database) == nil)
            try await test.advance(by: .microseconds(1))
            let next = try #require(try await duty.take(in: other.database))
            await #expect(throws: DutyLost.self) {
                try await queue.database.write { connection in
                    try JobQueue.enqueue(try job("its step"), in: connection)
                    try slow.keep(in: connection)
                }
            }
            #expect(try await queue.states().isEmpty)
            // Nor does its end free what is another's.
            try await slow.finish(in: queue.database)
            #expect(try await duty.take(in: queue.database) == nil)
            try await other.database.write { connection in
                try next.keep(in: connection)
                try JobQueue.enqueue(try job("next's step"), in: connection)
            }
            #expect(try await queue.states() == ["ready"])
        }
    }

    @Test(arguments: Engine.all)
    func `each step keeps it for another lease`(on engine: Engine) async throws {
        try await withTwoQueues(on: engine) { queue, other, test in
            let turn = try #require(try await duty.take(in: queue.database))
            for _ in 0..<5 {
                try await test.advance(by: .seconds(59))
                try await queue.database.write { try turn.keep(in: $0) }
                #expect(try await duty.take(in: other.database) == nil)
            }
            try await test.advance(by: .seconds(60))
            // A runner that died leaves it due at once: it has not been done.
            #expect(try await duty.take(in: other.database) != nil)
        }
    }
}
