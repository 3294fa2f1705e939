import Database
import Messaging
import Synchronization
import TestSupport
import Testing

/// Many consumers in two processes on few subjects.
@Suite(.timeLimit(.minutes(5))) struct SubjectLoadTests {
    /// Which subjects run, as their consumers see it.
    private final class Runs: Sendable {
        private let state = Mutex((running: Set<String>(), clashes: 0, unfinished: 0))

        init(_ unfinished: Int) { state.withLock { $0.unfinished = unfinished } }

        var clashes: Int { state.withLock { $0.clashes } }
        var areOver: Bool { state.withLock { $0.unfinished == 0 } }

        func begin(_ job: ClaimedJob) throws {
            guard let subject = try Self.subject(of: job) else { return }
            state.withLock { if !$0.running.insert(subject).inserted { $0.clashes += 1 } }
        }

        func end(_ job: ClaimedJob) throws {
            guard let subject = try Self.subject(of: job) else { return }
            state.withLock { _ = $0.running.remove(subject) }
        }

        func finish() { state.withLock { $0.unfinished -= 1 } }

        private static func subject(of job: ClaimedJob) throws -> String? {
            let subject = try job.text
            return subject.isEmpty ? nil : "\(job.tenant) \(subject)"
        }
    }

    /// 40 jobs on each of 3 subjects of two tenants, and 60 on none.
    private static func fill(_ queue: JobQueue) async throws -> Int {
        try await queue.add(300) { number in
            let owner = number.isMultiple(of: 2) ? tenant : otherTenant
            let subject = number % 5 == 0 ? nil : "order \(number % 3)"
            return try job(
                subject ?? "", of: number % 7 == 0 ? otherKind : kind, for: owner, subject: subject,
                priority: number % 4 == 0 ? .high : .normal)
        }
        return 300
    }

    @Test(arguments: Engine.all)
    func `16 consumers never run two of one subject, and leave none behind`(on engine: Engine) async throws {
        try await withTwoQueues(on: engine) { queue, other, _ in
            let runs = Runs(try await Self.fill(queue))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<16 {
                    let mine = number.isMultiple(of: 2) ? queue : other
                    group.addTask { try await Self.consume(mine, number, runs) }
                }
                try await group.waitForAll()
            }
            #expect(runs.clashes == 0)
            let states = try await queue.states()
            #expect(Set(states) == ["done", "dead"])
            #expect(states.count(where: { $0 == "dead" }) <= 30)
        }
    }

    private static func consume(_ queue: JobQueue, _ number: Int, _ runs: Runs) async throws {
        var count = number
        while !runs.areOver {
            let jobs = try await queue.claim([kind, otherKind], limit: 1 + number % 4, lease: lease)
            for job in jobs { try runs.begin(job) }
            for job in jobs {
                await Task.yield()
                // Before the database lets the next one begin.
                try runs.end(job)
                count += 1
                switch count % 10 {
                case 0 where job.failures == 0: try await queue.retry(job)
                case 1 where job.failures == 0: try await queue.release(job)
                case 2 where job.failures == 0 && count % 20 == 2:
                    try await queue.bury(job)
                    runs.finish()
                case 3, 4:
                    #expect(try await queue.finish([job]).isEmpty)
                    runs.finish()
                default:
                    try await queue.finish(job)
                    runs.finish()
                }
            }
        }
    }

    @Test(arguments: Engine.all)
    func `consumers that die again and again leave no job blocked`(on engine: Engine) async throws {
        try await withTwoQueues(on: engine) { queue, other, test in
            _ = try await Self.fill(queue)
            for round in 0..<100 {
                if Set(try await queue.states()) == ["done"] { break }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<16 {
                        let mine = number.isMultiple(of: 2) ? queue : other
                        group.addTask { try await Self.consumeOnce(mine, diesAt: number % 4 == 0 ? round % 3 : nil) }
                    }
                    try await group.waitForAll()
                }
                try await test.advance(by: lease)
                try await expectInvariants(of: queue.database)
            }
            #expect(try await queue.states() == Array(repeating: "done", count: 300))
            #expect(try await queue.jobs(limit: 300).contains { $0.crashes > 0 })
        }
    }

    /// - Parameter death: which of its jobs it dies with; `nil`: it lives.
    private static func consumeOnce(_ queue: JobQueue, diesAt death: Int?) async throws {
        let jobs = try await queue.claim([kind, otherKind], limit: 3, lease: lease)
        for (index, job) in jobs.enumerated() {
            if index == death { return }
            try await queue.finish(job)
        }
    }
}
