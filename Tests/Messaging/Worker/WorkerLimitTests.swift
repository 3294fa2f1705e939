import Database
import Messaging
import TestSupport
import Testing

/// Handlers that take too long, stop when they are told to, or do not. Their time limits are real time, so they are tiny.
@Suite(.timeLimit(.minutes(2))) struct WorkerLimitTests {
    @Test(arguments: Engine.all)
    func `a handler over its time limit costs its own job an attempt, and others go on`(
        on engine: Engine
    ) async throws {
        try await withQueue(on: engine) { queue, _ in
            let ran = Signals(of: String.self)
            var slow = Scripted { _, _ in try await Task.sleep(for: .seconds(1000)) }
            slow.timeLimit = .milliseconds(10)
            let quick = Scripted(kind: otherKind) { job, _ in ran.send(try job.text) }
            try await queue.add(try job("slow"))
            try await queue.add(5) { try job("\($0)", of: otherKind) }
            try await withWorker(queue, slow, quick, concurrency: 2) {
                #expect(try await Set(ran.next(5)) == ["0", "1", "2", "3", "4"])
                try await queue.wait { $0.contains { $0.failures == 1 } }
            }
            let row = try #require(try await queue.jobs(limit: 10).last)
            #expect(row.state == "scheduled")
            #expect((row.attempt, row.failures) == (1, 1))
            #expect(row.lastError?.contains("took longer") == true)
            #expect(try await queue.attempts(of: row.id).map(\.outcome) == ["timed_out"])
            #expect(try await queue.states().dropFirst().allSatisfy { $0 == "done" })
        }
    }

    @Test(arguments: Engine.all)
    func `one that ignores the cancellation is settled without it, and changes nothing later`(
        on engine: Engine
    ) async throws {
        try await withQueue(on: engine) { queue, _ in
            let (gate, ran, refused) = (Gate(), Signals(of: String.self), Signals(of: Bool.self))
            var hanging = Scripted { job, context in
                await gate.pass()
                do {
                    try await context.complete { try JobQueue.enqueue(try MessagingTests.job("effect"), in: $0) }
                    refused.send(false)
                } catch {
                    refused.send(error is LeaseLost)
                    throw error
                }
            }
            hanging.timeLimit = .milliseconds(10)
            let script = hanging
            let quick = Scripted(kind: otherKind) { job, _ in ran.send(try job.text) }
            let id = try await queue.add(try job("hangs", subject: "order"))
            try await withWorker(queue, script, quick, concurrency: 2) {
                defer { gate.open() }
                try await queue.wait { $0[0].state == "scheduled" }
                #expect(try await queue.row(id).attempt == 1)
                // Its subject is free, its place is not.
                try await queue.add(4) { try job("\($0)", of: otherKind, subject: $0 == 0 ? "order" : nil) }
                #expect(try await ran.next(4) == ["0", "1", "2", "3"])
                gate.open()
                #expect(try await refused.next() == true)
            }
            #expect(try await queue.states() == ["scheduled", "done", "done", "done", "done"])
            #expect(try await queue.attempts(of: id).map(\.outcome) == ["timed_out"])
        }
    }

    @Test(arguments: Engine.all)
    func `a handler whose lease was taken is told to stop, and settles nothing`(on engine: Engine) async throws {
        try await withTwoQueues(on: engine) { queue, other, test in
            let (started, stopped) = (Signals(of: Void.self), Signals(of: Void.self))
            let id = try await queue.add(try job())
            let handler = Scripted { _, _ in
                started.send()
                defer { stopped.send() }
                try await Task.sleep(for: .seconds(1000))
            }
            // The heartbeat is real time; the lease itself ends by the database's clock.
            try await withWorker(queue, handler, concurrency: 1, heartbeat: .milliseconds(50)) {
                _ = try await started.next()
                var taken: [ClaimedJob] = []
                // A heartbeat in between keeps it for once more.
                while taken.isEmpty {
                    try await test.advance(by: .seconds(30))
                    taken = try await other.claim([kind], limit: 1, lease: .seconds(3600))
                }
                _ = try await stopped.next()
                #expect(try await queue.row(id).state == "leased")
                try await other.finish(taken[0])
            }
            #expect(try await queue.row(id).state == "done")
        }
    }

    @Test(arguments: Engine.all)
    func `a running job's lease is renewed for as long as it runs`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            let (started, mayEnd) = (Signals(of: Void.self), Gate())
            let id = try await queue.add(try job())
            let handler = Scripted { _, _ in
                started.send()
                await mayEnd.pass()
            }
            try await withWorker(queue, handler, concurrency: 1, heartbeat: .milliseconds(10)) {
                defer { mayEnd.open() }
                _ = try await started.next()
                var end: Int64 = 0
                for _ in 0..<5 {
                    try await test.advance(by: .seconds(15))
                    // Until the heartbeat has seen the new time.
                    repeat { end = try await queue.leaseEnd(of: id) } while end < test.clock.now + 30_000_000
                }
                #expect(end == TestClock.start + 105_000_000)
            }
            #expect(try await queue.row(id).state == "done")
            #expect(try await queue.row(id).crashes == 0)
        }
    }
}
