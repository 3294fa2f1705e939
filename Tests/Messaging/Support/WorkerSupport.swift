import Database
import Logging
import ServiceLifecycle
import Synchronization

@testable import Messaging

let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

/// A handler whose runs a test sees and answers.
struct Scripted: JobHandler {
    var kind = Messaging.JobKind("test")
    var retry = RetryPolicy.schedule([.seconds(5)])
    var timeLimit = Duration.seconds(60)
    let body: @Sendable (ClaimedJob, JobContext) async throws -> Void
    var whenBuried: @Sendable (ClaimedJob, Connection) throws -> Void = { _, _ in }

    func buried(_ job: ClaimedJob, in connection: Connection) throws { try whenBuried(job, connection) }

    func run(_ job: ClaimedJob, _ context: JobContext) async throws { try await body(job, context) }
}

/// Runs a worker with `handlers` beside `body`, then shuts it down gracefully and waits for its end.
///
/// Leases last by the worker's own clock, too: where they are not to end, they are long, and the heartbeat is short.
func withWorker(
    _ queue: JobQueue, _ handlers: any JobHandler..., concurrency: Int = 4, lease: Duration = .seconds(30),
    heartbeat: Duration? = nil, pace: PollPace = PollPace(), grace: Duration = .seconds(60),
    _ body: @escaping @Sendable () async throws -> Void
) async throws {
    var worker = JobWorker(
        queue: queue, handlers: handlers, concurrency: concurrency, lease: lease, shutdownGrace: grace, logger: quiet)
    if let heartbeat { worker.heartbeat = heartbeat }
    worker.pace = pace
    let group = ServiceGroup(configuration: .init(services: [.init(service: worker)], logger: quiet))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        do {
            try await body()
        } catch {
            await group.triggerGracefulShutdown()
            throw error
        }
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
    }
}

/// Closed until it is opened, once and for all. Whoever waits does not hear a cancellation: a handler that hangs.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

/// What happened, in order; a test waits for the next one.
struct Signals<Value: Sendable>: Sendable {
    private let stream: AsyncStream<Value>
    private let continuation: AsyncStream<Value>.Continuation

    init(of type: Value.Type = Value.self) { (stream, continuation) = AsyncStream.makeStream() }

    func send(_ value: Value) { continuation.yield(value) }

    /// - Throws: where the test is cancelled meanwhile, by its time limit for one.
    func next() async throws -> Value {
        for await value in stream { return value }
        throw CancellationError()
    }

    func next(_ count: Int) async throws -> [Value] {
        var values: [Value] = []
        while values.count < count { values.append(try await next()) }
        return values
    }
}

extension Signals where Value == Void {
    func send() { send(()) }
}

extension JobQueue {
    /// Waits until the jobs are as asked. It looks again at each commit that hands a job back.
    func wait(until isReached: ([JobRow]) async throws -> Bool) async throws {
        let commits = database.wakeUps(on: Self.channel)
        if try await isReached(try await jobs(limit: 10_000)) { return }
        for await _ in commits where try await isReached(try await jobs(limit: 10_000)) { return }
    }
}

/// The most that were inside at once.
final class Crowd: Sendable {
    private let state = Mutex((inside: 0, most: 0))

    var most: Int { state.withLock { $0.most } }

    func enter() {
        state.withLock { state in
            state.inside += 1
            state.most = max(state.most, state.inside)
        }
    }

    func leave() { state.withLock { $0.inside -= 1 } }
}
