import Database
import Messaging
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct WorkerFailureTests {
    @Test(arguments: Engine.all)
    func `every kind of failure ends as it says`(on engine: Engine) async throws {
        struct Unexpected: Error {}
        try await withQueue(on: engine) { queue, _ in
            let names = ["fine", "retry", "asked", "bury", "release", "unexpected", "unreadable"]
            let ran = Signals(of: Void.self)
            let handler = Scripted { job, _ in
                defer { ran.send() }
                switch try job.text {
                case "retry": throw JobFailure.retry("no answer")
                case "asked": throw JobFailure.retry("busy", after: .seconds(100))
                case "bury": throw JobFailure.bury("hopeless")
                case "release": throw JobFailure.release("rate limited", after: .seconds(50))
                case "unexpected": throw Unexpected()
                case "unreadable": _ = try job.payload(Int.self)
                default: return
                }
            }
            try await withWorker(queue, handler) {
                for name in names { try await queue.add(try job(name)) }
                _ = try await ran.next(names.count)
            }
            let rows = try await queue.jobs(limit: 10).reversed().map { $0 }
            #expect(rows.map(\.state) == ["done", "scheduled", "scheduled", "dead", "scheduled", "scheduled", "dead"])
            #expect(rows.map(\.attempt) == [1, 1, 1, 1, 0, 1, 1])
            #expect(rows.map(\.failures) == [0, 1, 1, 0, 0, 1, 0])
            let waits = rows.map { $0.runAt - TestClock.start }
            #expect((4_000_000...6_000_000).contains(waits[1]))
            // No sooner than asked, and not all at once.
            #expect((100_000_001...120_000_000).contains(waits[2]))
            #expect(waits[4] == 50_000_000)
            #expect((4_000_000...6_000_000).contains(waits[5]))
            #expect(rows.map(\.lastError)[1...4] == ["no answer", "busy", "hopeless", "rate limited"])
        }
    }

    @Test(arguments: Engine.all)
    func `attempts that are used up end in the dead letters, by policy or by the job`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            let ran = Signals(of: String.self)
            let buried = Signals(of: String.self)
            var handler = Scripted { job, _ in
                ran.send("\(try job.text) \(job.attempt)")
                throw JobFailure.retry("no answer")
            }
            handler.retry = .schedule([.seconds(5), .seconds(5)])
            handler.whenBuried = { job, connection in
                buried.send(try job.text)
                try JobQueue.enqueue(try Messaging.NewJob(otherKind, tenant: tenant, payload: "told"), in: connection)
            }
            try await queue.add(try job("policy"))
            try await queue.add(try job("job", maxAttempts: 1))
            try await withWorker(queue, handler) {
                #expect(try await Set(ran.next(2)) == ["policy 1", "job 1"])
                #expect(try await buried.next() == "job")
                for attempt in 2...3 {
                    try await queue.wait { $0.contains { $0.state == "scheduled" } }
                    try await test.advance(by: .seconds(6))
                    #expect(try await ran.next() == "policy \(attempt)")
                }
                #expect(try await buried.next() == "policy")
            }
            #expect(try await queue.states() == ["dead", "dead", "ready", "ready"])
            #expect(
                try await queue.jobs(JobFilter(state: "dead"), limit: 9).map(\.lastError) == ["no answer", "no answer"])
        }
    }

    @Test(arguments: Engine.all)
    func `a lost worker does not use up what the policy allows`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            let id = try await queue.add(try job())
            for _ in 0..<3 {
                _ = try await queue.claimOne()
                try await test.advance(by: lease)
            }
            let ran = Signals(of: Int.self)
            let handler = Scripted { job, _ in
                ran.send(job.failures)
                throw JobFailure.retry("no answer")
            }
            try await withWorker(queue, handler) {
                let ran = try await ran.next()
                #expect(ran == 0)
            }
            #expect(try await queue.row(id).state == "scheduled")
            #expect(try await queue.row(id).failures == 1)
        }
    }

    @Test(arguments: Engine.all)
    func `a job that killed its workers is buried without another run`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            let id = try await queue.add(try job(maxAttempts: 1))
            // The first time it may have been another one's fault.
            for _ in 0..<2 {
                _ = try await queue.claimOne()
                try await test.advance(by: lease)
            }
            let buried = Signals(of: JobID.self)
            var handler = Scripted { _, _ in Issue.record("it was run again") }
            handler.whenBuried = { job, _ in buried.send(job.id) }
            try await withWorker(queue, handler) {
                let ran = try await buried.next()
                #expect(ran == id)
            }
            #expect(try await queue.row(id).state == "dead")
            #expect(try await queue.row(id).attempt == 1)
        }
    }

    @Test(arguments: Engine.all)
    func `the burial and what belongs to it are one transaction`(on engine: Engine) async throws {
        struct Refused: Error {}
        try await withQueue(on: engine) { queue, _ in
            let tried = Signals(of: Void.self)
            var handler = Scripted { _, _ in throw JobFailure.bury("hopeless") }
            handler.whenBuried = { _, connection in
                try JobQueue.enqueue(try job("effect", of: otherKind), in: connection)
                tried.send()
                throw Refused()
            }
            try await withWorker(queue, handler) {
                try await queue.add(try job())
                _ = try await tried.next()
            }
            // Its lease runs out, and it comes again.
            #expect(try await queue.states() == ["leased"])
        }
    }

    @Test(arguments: Engine.all, [false, true])
    func `a burial that always fails is done without what belongs to it when the attempts are used up`(
        on engine: Engine, afterCrashes: Bool
    ) async throws {
        struct Refused: Error {}
        try await withQueue(on: engine) { queue, test in
            let ran = Signals(of: Void.self)
            var handler = Scripted { _, _ in
                ran.send()
                throw JobFailure.bury("hopeless")
            }
            handler.whenBuried = { _, connection in
                try JobQueue.enqueue(try job("effect", of: otherKind), in: connection)
                throw Refused()
            }
            let id = try await queue.add(try job(maxAttempts: 1))
            for _ in 0..<(afterCrashes ? 2 : 0) {
                _ = try await queue.claimOne()
                try await test.advance(by: lease)
            }
            try await withWorker(queue, handler) { while try await queue.row(id).state != "dead" {} }
            #expect(try await queue.states() == ["dead"])
            let error = try #require(try await queue.row(id).lastError)
            #expect(error.contains(afterCrashes ? "None of 1 attempts ended" : "hopeless"))
            #expect(error.contains("Refused"))
        }
    }

    @Test(arguments: Engine.all)
    func `a destination that does not answer stops its own lane after five tries`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, _ in
            let (ran, runs) = (Signals(of: TenantID.self), Crowd())
            var handler = Scripted { job, _ in
                ran.send(job.tenant)
                guard job.tenant == tenant else { return }
                runs.enter()
                throw JobFailure.retry("no answer", destination: .unreachable)
            }
            handler.retry = .schedule(Array(repeating: .zero, count: 20))
            try await queue.add(try job())
            try await withWorker(queue, handler, concurrency: 2) {
                try await queue.wait { _ in try await !queue.breakers().isEmpty }
                try await queue.add(10) { _ in try job(for: otherTenant) }
                for _ in 0..<10 { while try await ran.next() != otherTenant {} }
            }
            // On PostgreSQL a claim that had begun when the lane opened may bring one more.
            #expect((5...6).contains(runs.most))
            #expect(try await queue.breakers().map(\.failures) == [5])
            #expect(try await queue.jobs(JobFilter(tenant: tenant), limit: 1).map(\.state) == ["ready"])
        }
    }
}
