import Database
import Foundation
import TestSupport
import Testing

@testable import Messaging

/// How a worker keeps its leases, and what it does when it cannot.
@Suite(.timeLimit(.minutes(2))) struct WorkerLeaseTests {
    @Test(arguments: Engine.all)
    func `a job whose lease cannot be renewed is told to stop before another worker may have it`(
        on engine: Engine
    ) async throws {
        try await withTwoQueues(on: engine) { queue, other, _ in
            let (started, stopped) = (Signals(of: Void.self), Signals(of: Void.self))
            let handler = Scripted { _, _ in
                started.send()
                defer { stopped.send() }
                try await Task.sleep(for: .seconds(1000))
            }
            let id = try await queue.add(try job())
            try await withWorker(queue, handler, concurrency: 1, lease: .milliseconds(300), grace: .zero) {
                _ = try await started.next()
                let outage = try await HeldTransaction(in: other.database) { connection in
                    if connection.dialect == .postgres { try connection.execute("LOCK TABLE jobs IN EXCLUSIVE MODE") }
                }
                try await stopped.next()
                try await outage.end()
            }
            // Nothing was wrong with the job.
            let row = try await queue.row(id)
            #expect(row.state == "ready")
            #expect((row.attempt, row.failures, row.crashes) == (0, 0, 0))
        }
    }

    @Test(arguments: Engine.all)
    func `a lease that was used up waiting for the answer to its claim is none`(on engine: Engine) async throws {
        try await withTwoQueues(on: engine) { queue, other, _ in
            let (told, mayEnd) = (Signals(of: Void.self), Gate())
            let handler = Scripted { _, _ in
                do { try await Task.sleep(for: .seconds(1000)) } catch { told.send() }
                await mayEnd.pass()
            }
            try await queue.add(try job())
            let outage = try await HeldTransaction(in: other.database) { connection in
                if connection.dialect == .postgres { try connection.execute("LOCK TABLE jobs IN EXCLUSIVE MODE") }
            }
            try await withWorker(queue, handler, concurrency: 1, lease: .milliseconds(300), grace: .zero) {
                defer { mayEnd.open() }
                try await Task.sleep(for: .milliseconds(400))
                try await outage.end()
                // From here on it could be renewed for ever.
                try await told.next()
            }
        }
    }

    /// The trigger waits for a lock of the test, in the first renewal alone.
    @Test(.enabled(if: Engine.all.contains(.postgres), "needs a PostgreSQL server"))
    func `a renewal that hangs does not keep the next one from trying`() async throws {
        try await withTwoQueues(on: .postgres) { queue, other, test in
            let (started, mayEnd) = (Signals(of: Void.self), Gate())
            let handler = Scripted { _, _ in
                started.send()
                await mayEnd.pass()
            }
            let id = try await queue.add(try job())
            try await withWorker(queue, handler, concurrency: 1, heartbeat: .milliseconds(100)) {
                defer { mayEnd.open() }
                _ = try await started.next()
                let lock = try await HeldTransaction(in: other.database) { connection in
                    _ = try connection.rows("SELECT pg_advisory_xact_lock(42)")
                }
                try await other.database.write { connection in
                    try connection.execute("CREATE SEQUENCE renewals")
                    try connection.execute(
                        """
                        CREATE FUNCTION hang_once() RETURNS trigger LANGUAGE plpgsql AS $$
                        BEGIN
                            IF nextval('renewals') = 1 THEN PERFORM pg_advisory_xact_lock(42); END IF;
                            RETURN NULL;
                        END $$
                        """)
                    try connection.execute(
                        "CREATE TRIGGER hang BEFORE UPDATE ON jobs FOR EACH STATEMENT EXECUTE FUNCTION hang_once()")
                }
                while try await !other.isAnyoneWaiting() {}
                try await test.advance(by: .seconds(15))
                while try await queue.leaseEnd(of: id) < test.clock.now + 30_000_000 {}
                #expect(try await other.isAnyoneWaiting())
                try await lock.end()
            }
            #expect(try await queue.states() == ["done"])
        }
    }

    @Test(arguments: Engine.all)
    func `a completion that takes longer than the lease is not stopped`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, _ in
            let wasStopped = Signals(of: Bool.self)
            let handler = Scripted { _, context in
                try await context.complete { _ in Thread.sleep(forTimeInterval: 1.2) }
                wasStopped.send(Task.isCancelled)
            }
            try await queue.add(try job())
            try await withWorker(queue, handler, lease: .seconds(1)) {
                let wasStopped = try await wasStopped.next()
                #expect(!wasStopped)
            }
            #expect(try await queue.states() == ["done"])
        }
    }

    @Test func `leases are renewed every sixth of their time, and not more often`() async throws {
        let clock = WatchedClock()
        try await clock.withQueues { queue, _ in
            let (started, mayEnd) = (Signals(of: ContinuousClock.Instant.self), Gate())
            let handler = Scripted { _, _ in
                started.send(.now)
                await mayEnd.pass()
            }
            let (lease, sixth) = (Duration.milliseconds(1200), Duration.milliseconds(200))
            #expect(
                JobWorker(
                    queue: queue, handlers: [handler], concurrency: 1, lease: lease, shutdownGrace: .zero, logger: quiet
                ).heartbeat == sixth)
            try await queue.add(try job())
            let begin = ContinuousClock.now
            // Its only place is taken: it asks for nothing but renewals.
            try await withWorker(queue, handler, concurrency: 1, lease: lease) {
                defer { mayEnd.open() }
                let start = try await started.next()
                while try await clock.next() < start {}
                // After the one just passed over.
                let renewals = try await clock.next(5)
                #expect(try #require(renewals.last) >= begin + sixth * 6)
            }
        }
    }

    @Test(arguments: Engine.all)
    func `a suspect that lives for a lease lets the next one begin`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            try await queue.add(try job("long"))
            try await queue.add(try job("next"))
            _ = try await queue.claimSome()
            try await test.advance(by: .seconds(30))
            let (started, mayEnd) = (Signals(of: String.self), Gate())
            let handler = Scripted { job, _ in
                started.send(try job.text)
                if try job.text == "long" { await mayEnd.pass() }
            }
            try await withWorker(queue, handler, lease: .milliseconds(600)) {
                defer { mayEnd.open() }
                #expect(try await started.next() == "long")
                while try await started.next() != "next" {}
            }
        }
    }
}
