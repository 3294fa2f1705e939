import CrashingWorker
import Database
import Foundation
import Messaging
import TestSupport
import Testing

/// Workers that die of a handler, or stand still.
@Suite(.timeLimit(.minutes(2))) struct WorkerCrashTests {
    private static let tenant = TenantID(rawValue: "ten_a")

    private static func add(_ names: [String], maxAttempts: Int = 25, to queue: JobQueue) async throws {
        try await queue.database.write { connection in
            for name in names {
                try JobQueue.enqueue(
                    NewJob(Role.kind, tenant: tenant, payload: name, maxAttempts: maxAttempts), in: connection)
            }
        }
    }

    @Test(arguments: Engine.all)
    func `a handler that traps costs its neighbours nothing and itself its attempts`(on engine: Engine) async throws {
        try await withDatabase(on: engine, migrations: MessagingSchema.migrations) { test in
            let queue = JobQueue(test.database)
            try await Self.add(["neighbour", "neighbour"], to: queue)
            try await Self.add(["trap"], maxAttempts: 2, to: queue)
            try await Self.add(Array(repeating: "neighbour", count: Trap.neighbours - 2), to: queue)
            for round in 0..<3 {
                let ending = try await WorkerProcess.run(as: .trapped, on: test) { try await $0.ending() }
                #expect(ending == .died)
                try await test.advance(by: .seconds(30))
                // These find themselves beside it as ordinary jobs.
                if round == 0 { try await Self.add(["neighbour", "neighbour"], to: queue) }
            }
            let ending = try await WorkerProcess.run(as: .trapped, on: test) { try await $0.ending() }
            #expect(ending == .exited(0))
            for job in try await queue.jobs(limit: 100) {
                let isGuilty = try await queue.payload(of: job.id) == #""trap""#
                let outcomes = try await queue.attempts(of: job.id).map(\.outcome)
                if isGuilty {
                    #expect(job.state == "dead")
                    #expect(job.attempt == 2)
                    #expect(outcomes == ["expired", "expired", "expired", "buried"])
                } else {
                    #expect(job.state == "done")
                    // The one that it succeeded with.
                    #expect(job.attempt == 1)
                    #expect(outcomes == ["expired"])
                }
            }
            #expect(try await queue.jobs(limit: 100).count == Trap.neighbours + 3)
            let broken = try await test.database.read { try QueueInvariants().broken(in: $0) }
            #expect(broken == [])
        }
    }

    @Test func `a worker whose handlers block every thread ends itself`() async throws {
        try await withDatabase(on: .sqlite, migrations: MessagingSchema.migrations) { test in
            try await Self.add(Array(repeating: "blocks", count: Role.places), to: JobQueue(test.database))
            let ending = try await WorkerProcess.run(as: .blocked, on: test) { try await $0.ending() }
            #expect(ending == .exited(70))
        }
    }

    @Test func `a worker that was suspended is not taken for stuck, and stops the job that it lost`() async throws {
        try await withDatabase(on: .sqlite, migrations: MessagingSchema.migrations) { test in
            let queue = JobQueue(test.database)
            try await Self.add(["waits"], to: queue)
            let ending = try await WorkerProcess.run(as: .waiting, on: test) { worker in
                while try await queue.jobs(limit: 1).first?.state != "leased" {}
                // Not while it holds SQLite's lock.
                try await test.database.write { [id = worker.id] _ in _ = kill(id, SIGSTOP) }
                // Longer than the watchdog's patience.
                try await Task.sleep(for: .milliseconds(1500))
                try await test.advance(by: .seconds(30))
                #expect(try await queue.claim([Role.kind], limit: 1, lease: .seconds(30)).count == 1)
                kill(worker.id, SIGCONT)
                return try await worker.ending()
            }
            #expect(ending == .exited(0))
        }
    }
}
