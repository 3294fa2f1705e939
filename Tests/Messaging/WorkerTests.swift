import Database
import Logging
import Messaging
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

/// A handler whose runs a test sees and answers.
private struct Scripted: JobHandler {
    let kind = Messaging.JobKind("test")
    var retry = RetryPolicy.schedule([.seconds(5)])
    var timeLimit = Duration.seconds(20)
    let body: @Sendable (ClaimedJob, JobContext) async throws -> Void
    var whenBuried: @Sendable () -> Void = {}

    func buried(_ job: ClaimedJob, in connection: Connection) throws { whenBuried() }

    func run(_ job: ClaimedJob, _ context: JobContext) async throws { try await body(job, context) }
}

private let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

/// Runs a worker with `handler` beside `body`, then shuts it down gracefully.
private func withWorker(
    _ queue: JobQueue, _ handler: Scripted, concurrency: Int = 4, grace: Duration = .seconds(10),
    _ body: @escaping @Sendable () async throws -> Void
) async throws {
    let worker = JobWorker(
        queue: queue, handlers: [handler], concurrency: concurrency, lease: .seconds(30), shutdownGrace: grace,
        logger: quiet)
    let group = ServiceGroup(configuration: .init(services: [.init(service: worker)], logger: quiet))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        try await body()
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
    }
}

@Suite(.timeLimit(.minutes(2))) struct WorkerTests {
    @Test(arguments: Engine.all)
    func `a job enqueued by another process is run and completed`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            let (ran, run) = AsyncStream<String>.makeStream()
            let other = JobQueue(try test.openAgain())
            let handler = Scripted { job, _ in run.yield(try job.payload(String.self)) }
            try await withWorker(queue, handler) {
                try await other.add(try job("hello"))
                for await payload in ran {
                    #expect(payload == "hello")
                    break
                }
            }
            #expect(try await queue.states() == ["done"])
            await other.database.close()
        }
    }

    @Test(arguments: Engine.all)
    func `every kind of failure ends as it says`(on engine: Engine) async throws {
        struct Unexpected: Error {}
        try await withQueue(on: engine) { queue, _ in
            let names = ["fine", "retry", "asked", "bury", "release", "unexpected"]
            let (ran, run) = AsyncStream<Void>.makeStream()
            let handler = Scripted { job, _ in
                defer { run.yield() }
                switch try job.payload(String.self) {
                case "retry": throw JobFailure.retry("no answer")
                case "asked": throw JobFailure.retry("busy", after: .seconds(100))
                case "bury": throw JobFailure.bury("hopeless")
                case "release": throw JobFailure.release("rate limited", after: .seconds(50))
                case "unexpected": throw Unexpected()
                default: return
                }
            }
            try await withWorker(queue, handler) {
                for name in names { try await queue.add(try job(name)) }
                var runs = 0
                for await _ in ran {
                    runs += 1
                    if runs == names.count { break }
                }
            }
            let rows = try await queue.jobs(limit: 10).reversed()
            #expect(rows.map(\.state) == ["done", "ready", "ready", "dead", "ready", "ready"])
            #expect(rows.map(\.attempt) == [1, 1, 1, 1, 0, 1])
            let waits = rows.map { $0.runAt - TestClock.start }
            #expect((4_000_000...6_000_000).contains(waits[1]))
            #expect(waits[2] == 100_000_000)
            #expect(waits[4] == 50_000_000)
            #expect((4_000_000...6_000_000).contains(waits[5]))
            #expect(rows.map(\.lastError)[1...4] == ["no answer", "busy", "hopeless", "rate limited"])
        }
    }

    @Test(arguments: Engine.all)
    func `attempts that are used up end in the dead letters`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            let (ran, run) = AsyncStream<Int>.makeStream()
            let handler = Scripted { job, _ in
                run.yield(job.attempt)
                throw JobFailure.retry("no answer")
            }
            for attempt in 1...2 {
                try await withWorker(queue, handler) {
                    if attempt == 1 { try await queue.add(try job()) }
                    for await seen in ran {
                        #expect(seen == attempt)
                        break
                    }
                }
                try await test.advance(by: .seconds(10))
            }
            #expect(try await queue.states() == ["dead"])
        }
    }

    @Test(arguments: Engine.all)
    func `a job that killed its workers is buried without another run`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            try await queue.add(try job(maxAttempts: 1))
            _ = try await queue.claimOne()
            try await test.advance(by: lease)
            let (buried, bury) = AsyncStream<Void>.makeStream()
            var handler = Scripted { _, _ in Issue.record("it was run again") }
            handler.whenBuried = { bury.yield() }
            try await withWorker(queue, handler) { for await _ in buried { break } }
            #expect(try await queue.states() == ["dead"])
        }
    }

    @Test(arguments: Engine.all)
    func `a shutdown lets a running job finish and claims no other`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, _ in
            let (started, start) = AsyncStream<Void>.makeStream()
            let (released, release) = AsyncStream<Void>.makeStream()
            let handler = Scripted { _, context in
                start.yield()
                for await _ in released { break }
                try await context.complete()
            }
            let worker = JobWorker(
                queue: queue, handlers: [handler], concurrency: 1, shutdownGrace: .seconds(20), logger: quiet)
            let group = ServiceGroup(configuration: .init(services: [.init(service: worker)], logger: quiet))
            try await queue.add(try job("first"))
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                for await _ in started { break }
                await group.triggerGracefulShutdown()
                try await queue.add(try job("second"))
                release.yield()
                try await tasks.waitForAll()
            }
            #expect(try await queue.states() == ["ready", "done"])
        }
    }

    @Test(arguments: Engine.all)
    func `a job that outlasts the grace is handed back uncounted`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, _ in
            let (started, start) = AsyncStream<Void>.makeStream()
            let handler = Scripted { _, _ in
                start.yield()
                try await Task.sleep(for: .seconds(1000))
            }
            try await withWorker(queue, handler, grace: .milliseconds(10)) {
                try await queue.add(try job())
                for await _ in started { break }
            }
            let row = try #require(try await queue.jobs(limit: 1).first)
            #expect(row.state == "ready")
            #expect(row.attempt == 0)
        }
    }

    @Test(arguments: Engine.all)
    func `a handler over its time limit costs its own job an attempt`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, _ in
            let (ended, end) = AsyncStream<Void>.makeStream()
            var handler = Scripted { _, _ in
                defer { end.yield() }
                try await Task.sleep(for: .seconds(1000))
            }
            handler.timeLimit = .milliseconds(10)
            try await withWorker(queue, handler) {
                try await queue.add(try job())
                for await _ in ended { break }
            }
            let row = try #require(try await queue.jobs(limit: 1).first)
            #expect(row.state == "ready")
            #expect(row.attempt == 1)
            #expect(row.lastError?.contains("took longer") == true)
        }
    }
}
