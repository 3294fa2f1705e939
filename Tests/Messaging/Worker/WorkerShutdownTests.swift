import Database
import Logging
import ServiceLifecycle
import TestSupport
import Testing

@testable import Messaging

@Suite(.timeLimit(.minutes(2))) struct WorkerShutdownTests {
    @Test(arguments: Engine.all)
    func `a shutdown lets running jobs finish and claims no other`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, _ in
            let (started, told, gate) = (Signals(of: Void.self), Signals(of: Void.self), Gate())
            let handler = Scripted { _, context in
                await withGracefulShutdownHandler {
                    started.send()
                    await gate.pass()
                } onGracefulShutdown: {
                    told.send()
                }
                try await context.complete()
            }
            let worker = JobWorker(
                queue: queue, handlers: [handler], concurrency: 2, shutdownGrace: .seconds(60), logger: quiet)
            let group = ServiceGroup(configuration: .init(services: [.init(service: worker)], logger: quiet))
            try await queue.add(2) { _ in try job("running") }
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                defer { gate.open() }
                _ = try await started.next(2)
                await group.triggerGracefulShutdown()
                _ = try await told.next(2)
                // While both places are taken it stops to claim; then they are free.
                try await queue.add(20) { _ in try job("late") }
                for _ in 0..<20 { _ = try await queue.nextDue() }
                gate.open()
                try await tasks.waitForAll()
            }
            #expect(try await queue.states() == ["done", "done"] + Array(repeating: "ready", count: 20))
        }
    }

    @Test(arguments: Engine.all)
    func `leases are renewed through the drain`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            let (started, gate) = (Signals(of: Void.self), Gate())
            let handler = Scripted { _, _ in
                started.send()
                await gate.pass()
            }
            var worker = JobWorker(
                queue: queue, handlers: [handler], concurrency: 1, shutdownGrace: .seconds(60), logger: quiet)
            worker.heartbeat = .milliseconds(10)
            let group = ServiceGroup(configuration: .init(services: [.init(service: worker)], logger: quiet))
            try await queue.add(try job())
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                defer { gate.open() }
                _ = try await started.next()
                await group.triggerGracefulShutdown()
                for _ in 0..<5 {
                    try await test.advance(by: .seconds(15))
                    while case let due = try await queue.nextDue(), due.map({ $0 < .seconds(30) }) == true {}
                }
                gate.open()
                try await tasks.waitForAll()
            }
            #expect(try await queue.states() == ["done"])
            #expect(try await queue.jobs(limit: 1).map(\.crashes) == [0])
        }
    }

    @Test(arguments: Engine.all)
    func `jobs that outlast the grace are cancelled and handed back uncounted`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, _ in
            let started = Signals(of: Void.self)
            let handler = Scripted { _, _ in
                started.send()
                try await Task.sleep(for: .seconds(1000))
            }
            try await withWorker(queue, handler, grace: .milliseconds(10)) {
                try await queue.add(3) { _ in try job() }
                _ = try await started.next(3)
            }
            for row in try await queue.jobs(limit: 10) {
                #expect(row.state == "ready")
                #expect((row.attempt, row.failures, row.crashes) == (0, 0, 0))
                #expect(row.runAt == TestClock.start)
                #expect(try await queue.attempts(of: row.id).isEmpty)
            }
        }
    }

    @Test(arguments: Engine.all)
    func `jobs of a worker that is cancelled are handed back uncounted`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, _ in
            let started = Signals(of: Void.self)
            let handler = Scripted { _, _ in
                started.send()
                try await Task.sleep(for: .seconds(1000))
            }
            try await queue.add(3) { _ in try job() }
            let worker = JobWorker(
                queue: queue, handlers: [handler], concurrency: 3, shutdownGrace: .seconds(60), logger: quiet)
            let task = Task { try await worker.run() }
            _ = try await started.next(3)
            task.cancel()
            try await task.value
            for row in try await queue.jobs(limit: 10) {
                #expect(row.state == "ready")
                #expect((row.attempt, row.failures) == (0, 0))
            }
        }
    }

    /// The cancellation may reach the handler before anyone has said why.
    @Test(arguments: ["throws", "translates", "returns"])
    func `what a cancelled handler says is not taken for a failure or a success`(_ reaction: String) async throws {
        struct Interrupted: Error {}
        try await withQueue(on: .sqlite) { queue, _ in
            let handler = Scripted { _, _ in
                do { try await Task.sleep(for: .seconds(1000)) } catch {
                    switch reaction {
                    case "throws": throw error
                    case "translates": throw Interrupted()
                    default: return
                    }
                }
            }
            try await queue.add(try job())
            let run = JobRun(job: try await queue.claimOne(), handler: handler, queue: queue, logger: quiet)
            let context = JobContext(
                database: queue.database, logger: quiet, lease: run.job.lease, running: RunningJobs(limit: 1))
            let ending = Task {
                let (stops, stop) = AsyncStream<Void>.makeStream()
                defer { stop.finish() }
                return await run.runHandler(context, until: stops)
            }
            ending.cancel()
            guard case .stopped(.shutdown) = await ending.value else {
                Issue.record("it was taken seriously")
                return
            }
        }
    }

    @Test(arguments: Engine.all)
    func `a job that hangs through the hard stop is handed back before its handler ends`(
        on engine: Engine
    ) async throws {
        try await withQueue(on: engine) { queue, _ in
            let (started, gate) = (Signals(of: Void.self), Gate())
            let handler = Scripted { _, _ in
                started.send()
                await gate.pass()
            }
            let worker = JobWorker(
                queue: queue, handlers: [handler], concurrency: 1, shutdownGrace: .milliseconds(10), logger: quiet)
            let group = ServiceGroup(configuration: .init(services: [.init(service: worker)], logger: quiet))
            try await queue.add(try job())
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                defer { gate.open() }
                _ = try await started.next()
                await group.triggerGracefulShutdown()
                try await queue.wait { $0[0].state == "ready" }
                #expect(try await queue.jobs(limit: 1).map(\.attempt) == [0])
                gate.open()
                try await tasks.waitForAll()
            }
        }
    }

    /// On PostgreSQL a claim waits where somebody has locked what it reads; SQLite knows no such wait within a transaction.
    @Test(.enabled(if: Engine.all.contains(.postgres), "needs a PostgreSQL server"))
    func `a claim that comes back after the shutdown began hands its jobs back uncounted`() async throws {
        try await withTwoQueues(on: .postgres) { queue, other, _ in
            let (started, told, gate) = (Signals(of: String.self), Signals(of: Void.self), Gate())
            let handler = Scripted { job, _ in
                let text = try job.text
                await withGracefulShutdownHandler {
                    started.send(text)
                    await gate.pass()
                } onGracefulShutdown: {
                    told.send()
                }
            }
            let worker = JobWorker(
                queue: queue, handlers: [handler], concurrency: 2, shutdownGrace: .seconds(60), logger: quiet)
            let group = ServiceGroup(configuration: .init(services: [.init(service: worker)], logger: quiet))
            try await queue.add(try job("runs"))
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                defer { gate.open() }
                #expect(try await started.next() == "runs")
                let lock = try await HeldTransaction(in: other.database) { connection in
                    try connection.execute("LOCK TABLE queue_breakers IN ACCESS EXCLUSIVE MODE")
                }
                try await other.add(try job("late"))
                while try await !other.isAnyoneWaiting() {}
                await group.triggerGracefulShutdown()
                try await told.next()
                // As long as it may take the worker to hear of it, too.
                for _ in 0..<100 { _ = try await other.nextDue() }
                try await lock.end()
                gate.open()
                try await tasks.waitForAll()
            }
            #expect(try await queue.states() == ["done", "ready"])
            let late = try await queue.jobs(limit: 1)
            #expect(late.map(\.attempt) == [0])
            #expect(late.map(\.lastError) == ["The worker shut down."])
        }
    }

    @Test(arguments: Engine.all)
    func `a worker whose every place is stuck says so, one with a place left does not`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, _ in
            let (gate, started, stuck) = (Gate(), Signals(of: JobID.self), Signals(of: Void.self))
            let calls = Crowd()
            var handler = Scripted { job, _ in
                started.send(job.id)
                if try job.text == "hangs" { await gate.pass() }
            }
            handler.timeLimit = .milliseconds(10)
            let worker = JobWorker(
                queue: queue, handlers: [handler], concurrency: 2, lease: .milliseconds(600), shutdownGrace: .zero,
                logger: quiet
            ) {
                calls.enter()
                stuck.send()
            }
            let group = ServiceGroup(configuration: .init(services: [.init(service: worker)], logger: quiet))
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                defer { gate.open() }
                try await queue.add(try job("hangs"))
                try await queue.wait { $0[0].state == "scheduled" }
                // The first was given up; the other place works still, through many heartbeats.
                for number in 0..<20 {
                    let id = try await queue.add(try job("\(number)"))
                    while try await started.next() != id {}
                }
                #expect(calls.most == 0)
                try await queue.add(try job("hangs"))
                try await stuck.next()
                gate.open()
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
        }
    }
}
