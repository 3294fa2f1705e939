import Database
import Messaging
import TestSupport
import Testing

@Suite struct EnqueueTests {
    struct Refused: Error {}

    @Test(arguments: Engine.all)
    func `a job is stored with its caller's transaction or not at all`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, _ in
            await #expect(throws: Refused.self) {
                try await queue.database.write { connection in
                    try JobQueue.enqueue(try job("long \(String(repeating: "x", count: 2000))"), in: connection)
                    try JobQueue.enqueue([try job("a"), try job("b", key: "b")], in: connection)
                    throw Refused()
                }
            }
            let claimed = try await queue.claimSome()
            #expect(claimed.isEmpty)
            #expect(try await queue.states().isEmpty)
            #expect(try await queue.tryAdd(try job(key: "b")) != nil)
        }
    }

    @Test(arguments: Engine.all)
    func `many jobs stored at once are all there, of every sort`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            try await queue.add(103) { number in
                switch number % 5 {
                case 0: try job("\(number)", key: "key \(number % 10)")
                case 1: try job("\(number)", delay: .seconds(60))
                case 2: try job("\(number)", subject: "order", priority: .high)
                case 3: try job(String(repeating: "\(number)", count: 600), of: otherKind, for: otherTenant)
                default: try job("\(number)")
                }
            }
            let rows = try await queue.jobs(limit: 1000)
            // Of the first sort there are two keys only.
            #expect(rows.count == 103 - 21 + 2)
            #expect(rows.count(where: { $0.state == "scheduled" }) == 21)
            #expect(rows.count(where: { $0.subject == "order" && $0.priority == .high }) == 21)
            #expect(rows.count(where: { $0.tenant == otherTenant && $0.kind == otherKind }) == 20)
            try await test.advance(by: .seconds(60))
            let claimed = try await queue.claim([kind, otherKind], limit: 1000, lease: lease)
            // Only one of the order's may run.
            #expect(claimed.count == rows.count - 20)
        }
    }

    static let unfinished = ["scheduled", "ready", "blocked", "suspect", "leased"]

    @Test(arguments: Engine.all, unfinished)
    func `a unique key admits one unfinished job, in whichever state`(
        on engine: Engine, _ state: String
    ) async throws {
        try await withQueue(on: engine) { queue, test in
            let id = try await queue.add(try job(subject: "s", key: "k"))
            try await queue.bring(id, to: state, test)
            #expect(try await queue.tryAdd(try job(key: "k")) == nil)
            #expect(try await queue.tryAdd(try job(key: "k", delay: .seconds(1))) == nil)
            #expect(try await queue.tryAdd(try job(String(repeating: "x", count: 999), key: "k")) == nil)
            #expect(try await queue.tryAdd(try job(of: otherKind, key: "k")) != nil)
            #expect(try await queue.tryAdd(try job(key: "l")) != nil)
        }
    }

    @Test(arguments: Engine.all)
    func `two tenants' equal keys are two jobs`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, _ in
            let first = try await queue.add(try job("a", key: "k"))
            let second = try await queue.add(try job("b", for: otherTenant, key: "k"))
            #expect(first != second)
            #expect(try await queue.tryAdd(try job(for: otherTenant, key: "k")) == nil)
            #expect(Set(try await queue.claimSome().map { try $0.text }) == ["a", "b"])
        }
    }

    @Test(arguments: Engine.all, ["done", "dead", "discarded"])
    func `a finished job's key is free again`(on engine: Engine, _ state: String) async throws {
        try await withQueue(on: engine) { queue, test in
            let id = try await queue.add(try job(key: "k"))
            try await queue.bring(id, to: state, test)
            #expect(try await queue.tryAdd(try job(key: "k")) != nil)
        }
    }

    @Test(arguments: Engine.all)
    func `of many that store one key at once exactly one does`(on engine: Engine) async throws {
        try await withTwoQueues(on: engine) { queue, other, _ in
            let stored = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<100 {
                    let mine = number.isMultiple(of: 2) ? queue : other
                    group.addTask { try await mine.tryAdd(try job("\(number)", key: "\(number % 10)")) == nil ? 0 : 1 }
                }
                return try await group.reduce(0, +)
            }
            #expect(stored == 10)
        }
    }

    @Test(arguments: Engine.all)
    func `a delayed job waits for the database's clock`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            #expect(try await queue.nextDue() == nil)
            let id = try await queue.add(try job(delay: .seconds(60)))
            try await queue.add(try job(delay: .microseconds(60_000_001)))
            #expect(try await queue.row(id).state == "scheduled")
            #expect(try await queue.row(id).runAt == TestClock.start + 60_000_000)
            #expect(try await queue.nextDue() == .seconds(60))
            try await test.advance(by: .microseconds(59_999_999))
            #expect(try await queue.claimSome().isEmpty)
            try await test.advance(by: .microseconds(1))
            let due = try #require(try await queue.nextDue())
            #expect(due <= .zero)
            #expect(try await queue.claimSome().map(\.id) == [id])
            #expect(try await queue.nextDue() == .microseconds(1))
        }
    }
}

extension JobQueue {
    /// Brings a ready job (alone, or with a subject to wait for) to `state`.
    func bring(_ id: JobID, to state: String, _ test: TestDatabase) async throws {
        switch state {
        case "scheduled": try await retry(try await claimOne(), after: .seconds(60))
        case "leased": _ = try await claimOne()
        case "done": try await finish(try await claimOne())
        case "dead": try await bury(try await claimOne())
        case "discarded":
            try await bury(try await claimOne())
            try await operate { try Self.discard(id, in: $0) }
        case "suspect":
            _ = try await claimOne()
            try await test.advance(by: lease)
            #expect(try await claimSome(suspects: false).isEmpty)
        case "blocked":
            try await add(try MessagingTests.job("before", subject: row(id).subject, priority: .high))
            #expect(try await claimOne().text == "before")
            #expect(try await claimSome().isEmpty)
        default: break
        }
        #expect(try await row(id).state == state)
    }
}
