import Database
import Messaging
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct WorkerTests {
    @Test(arguments: Engine.all)
    func `a job enqueued by another process is run and completed`(on engine: Engine) async throws {
        try await withTwoQueues(on: engine) { queue, other, _ in
            let ran = Signals(of: String.self)
            try await withWorker(queue, Scripted { job, _ in ran.send(try job.text) }) {
                try await other.add(try job("hello"))
                #expect(try await ran.next() == "hello")
            }
            #expect(try await queue.states() == ["done"])
        }
    }

    @Test(arguments: Engine.all)
    func `never more jobs at once than its concurrency`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, _ in
            let (started, mayEnd, crowd) = (Signals(of: String.self), Signals(of: Void.self), Crowd())
            try await queue.add(20) { try job("\($0)") }
            let handler = Scripted { job, _ in
                crowd.enter()
                started.send(try job.text)
                _ = try await mayEnd.next()
                crowd.leave()
            }
            try await withWorker(queue, handler, concurrency: 3) {
                #expect(try await started.next(3).count == 3)
                let leased = try await queue.jobs(JobFilter(state: "leased"), limit: 100)
                // Nor does it hold what it cannot begin: an idle worker could.
                #expect(leased.count == 3)
                for _ in 3..<20 {
                    mayEnd.send()
                    _ = try await started.next()
                }
                for _ in 0..<3 { mayEnd.send() }
            }
            #expect(crowd.most == 3)
            #expect(Set(try await queue.states()) == ["done"])
        }
    }

    @Test(arguments: Engine.all)
    func `many workers finish everything once`(on engine: Engine) async throws {
        try await withTwoQueues(on: engine) { queue, other, _ in
            try await queue.add(200) { try job("\($0)", subject: $0 % 4 == 0 ? "s\($0 % 3)" : nil) }
            let ran = Signals(of: String.self)
            let handler = Scripted { job, context in
                ran.send(try job.text)
                if job.id.rawValue % 2 == 0 {
                    try await context.complete {
                        try JobQueue.enqueue(try Messaging.NewJob(otherKind, tenant: tenant, payload: ""), in: $0)
                    }
                }
            }
            try await withWorker(queue, handler, concurrency: 5) {
                try await withWorker(other, handler, concurrency: 5) {
                    let all = try await Set(ran.next(200)).count
                    #expect(all == 200)
                }
            }
            let rows = try await queue.jobs(limit: 1000)
            #expect(rows.count(where: { $0.kind == kind && $0.state == "done" }) == 200)
            #expect(rows.count(where: { $0.kind == otherKind && $0.state == "ready" }) == 100)
        }
    }

    @Test(arguments: Engine.all)
    func `a worker runs its own kinds, each by its handler`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, _ in
            let ran = Signals(of: String.self)
            let first = Scripted { job, _ in ran.send("first \(try job.text)") }
            let second = Scripted(kind: otherKind) { job, _ in ran.send("second \(try job.text)") }
            try await queue.add(try job("a", of: JobKind("unknown")))
            try await queue.add(try job("b"))
            try await queue.add(try job("c", of: otherKind))
            try await withWorker(queue, first, second) {
                let all = try await Set(ran.next(2))
                #expect(all == ["first b", "second c"])
            }
            #expect(try await queue.states() == ["ready", "done", "done"])
        }
    }

    @Test(arguments: Engine.all)
    func `a job is run when its time has come, without a wake-up`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            let ran = Signals(of: String.self)
            try await queue.add(try job("later", delay: .seconds(3600)))
            try await withWorker(queue, Scripted { job, _ in ran.send(try job.text) }) {
                try await test.advance(by: .seconds(3600))
                #expect(try await ran.next() == "later")
            }
        }
    }

    @Test(arguments: Engine.all)
    func `a worker never runs two suspects at once, and others beside the one`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            try await queue.add(5) { _ in try job("suspect") }
            _ = try await queue.claimSome()
            try await test.advance(by: lease)
            try await queue.add(9) { _ in try job("other") }
            let (started, suspects) = (Signals(of: Bool.self), Crowd())
            let (otherMayEnd, suspectMayEnd) = (Signals(of: Void.self), Signals(of: Void.self))
            let handler = Scripted { job, _ in
                let text = try job.text
                #expect(job.isSuspect == (text == "suspect"))
                if job.isSuspect { suspects.enter() }
                started.send(job.isSuspect)
                try await (job.isSuspect ? suspectMayEnd : otherMayEnd).next()
                if job.isSuspect { suspects.leave() }
            }
            try await withWorker(queue, handler, concurrency: 4) {
                let first = try await started.next(4)
                #expect(first.count(where: { $0 }) == 1)
                // The others pass it by, and leave it alone in the end.
                for _ in 0..<9 { otherMayEnd.send() }
                #expect(try await started.next(6) == Array(repeating: false, count: 6))
                for _ in 1..<5 {
                    suspectMayEnd.send()
                    #expect(try await started.next() == true)
                }
                suspectMayEnd.send()
            }
            #expect(suspects.most == 1)
            #expect(Set(try await queue.states()) == ["done"])
        }
    }
}
