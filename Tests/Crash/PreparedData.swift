import Database
import Messaging
import QueueOperations
import TestSupport

/// Makes data in which every operation finds something to do: jobs in every state, of several tenants, with everything
/// around them that a claim must heed.
struct PreparedData {
    private let test: TestDatabase
    private let queue: JobQueue
    private let a = Sample.tenants[0]
    private let b = Sample.tenants[1]
    private let c = Sample.tenants[2]

    init(_ test: TestDatabase) {
        self.test = test
        queue = JobQueue(test.database)
    }

    func make(for deed: Deed? = nil) async throws -> Held {
        var held = Held()
        try await makeOldRows()
        try await test.advance(by: .seconds(40 * 86400))
        try await makeDeadLetters(&held)
        try await makeSuspect()
        try await makeLeased(&held)
        try await makeWaiting()
        try await makeLanes()
        held.dutyHolder = try await holdDuty()
        if case .command(let command)? = deed { try await makeReady(for: command) }
        // By now a lease has expired, a scheduled job is due, and a breaker lets a probe through.
        try await test.advance(by: .seconds(11))
        return held
    }

    // MARK: What operators need

    /// Tenants that can be named, and events for two steps of a replay: of most of them it has nothing to do but pass by.
    private func makeReady(for command: OperatorCommand) async throws {
        try await write { [tenants = Sample.tenants] connection in
            for tenant in tenants {
                try connection.execute(
                    """
                    INSERT INTO tenants (id, name, livemode, stripe_publishable_key, stripe_secret_key_sealed,
                        stripe_key_ending, fulfillment_secret_sealed, origins, created_at, updated_at)
                    VALUES ($1, $1, false, 'pk', 'sealed', 'key', 'sealed', '[]', now_us(), now_us())
                    """, tenant)
            }
        }
        guard command == .replay else { return }
        let others = (0..<210).map { Sample.event("evt_other_\($0)", of: c, subject: nil) }
        try await write { _ = try EventInbox.record(others, in: $0) }
        let last = try await record("evt_last", of: c, subject: nil)
        try await write { connection in
            try EventInbox.mark(last, .ignored, in: connection)
            // A replay is of events that are here when it begins, by the machine's clock if need be.
            try connection.execute("UPDATE events SET received_at = 1")
        }
    }

    // MARK: Finished jobs

    /// What retention removes: an applied event, a job that was done, one that was discarded after two attempts.
    private func makeOldRows() async throws {
        let event = try await record("evt_old", of: a, subject: "old")
        let applied = try await claimOne()
        try await write { connection in
            try JobQueue.complete(applied.lease, in: connection)
            try EventInbox.mark(event, .applied, in: connection)
        }
        try await add(try Sample.delivery(Sample.longText, of: b))
        try await queue.retry(try await claimOne().lease, after: .zero, error: "500")
        let buried = try await claimOne()
        try await write { connection in
            try JobQueue.bury(buried.lease, error: "gone", in: connection)
            try JobQueue.discard(buried.id, in: connection)
        }
    }

    private func makeDeadLetters(_ held: inout Held) async throws {
        let event = try await record("evt_failed", of: b, subject: "failed")
        let failed = try await claimOne()
        try await write { connection in
            try JobQueue.bury(failed.lease, error: "cannot be applied", in: connection)
            try EventInbox.mark(event, .failed, in: connection)
        }
        (held.deadJob, held.failedEvent) = (failed.id.rawValue, event.rawValue)
        try await add(try Sample.delivery("dead", of: c))
        let dead = try await claimOne()
        try await write { try JobQueue.bury(dead.lease, error: "410", in: $0) }
    }

    // MARK: Jobs under way

    private func makeSuspect() async throws {
        try await add(try Sample.delivery("suspect", of: b, subject: "suspect"))
        _ = try await claimOne(lease: .seconds(1))
        try await test.advance(by: .seconds(2))
        // Any claim takes expired leases back.
        _ = try await queue.claim([JobKind("none")], limit: 1, lease: .seconds(1))
    }

    private func makeLeased(_ held: inout Held) async throws {
        let event = try await record("evt_leased", of: a, subject: "busy")
        try await add(try Sample.delivery("leased", of: a, subject: "busy too"))
        try await add(try Sample.delivery(Sample.longText, of: a))
        for number in 1...4 { try await add(try Sample.delivery("leased \(number)", of: a)) }
        try await add(try Sample.delivery("last", of: c))
        _ = try await queue.claim(Sample.kinds, limit: 10, lease: .seconds(3600), suspects: false)
        held.event = event.rawValue
        held.deliveries = try await leased(Sample.deliver, of: a)
        guard let job = try await leased(Sample.apply, of: a).first, held.deliveries.count == 6,
            let last = try await leased(Sample.deliver, of: c).first
        else { throw Unexpected("leased") }
        (held.eventJob, held.lastDelivery) = (job, last)
    }

    private func leased(_ kind: JobKind, of tenant: TenantID) async throws -> [Held.Job] {
        try await test.database.read { connection in
            try connection.rows(
                """
                SELECT id, lease_token FROM jobs WHERE state = 'leased' AND kind = $1 AND tenant_id = $2 ORDER BY id
                """, kind, tenant
            ).map { Held.Job(id: try $0.get("id"), token: try $0.get("lease_token")) }
        }
    }

    // MARK: Jobs that wait

    private func makeWaiting() async throws {
        try await record("evt_blocked", of: a, subject: "busy")
        guard try await queue.claim(Sample.kinds, limit: 10, lease: .seconds(3600), suspects: false).isEmpty else {
            throw Unexpected("blocked")
        }
        try await add(try Sample.delivery("worker died", of: b))
        _ = try await claimOne(lease: .seconds(10))
        try await makeFreed()
        try await add(try Sample.delivery("due", of: b, delay: .seconds(5)))
        try await add(try Sample.delivery("later", of: c, delay: .seconds(3600)))
        try await record("evt_ready", of: a, subject: "ready")
        try await record("evt_kept", of: a, subject: nil)
        try await add(try Sample.delivery("keyed", of: a, key: Sample.takenKey))
        for number in 1...2 {
            // Two of one subject: one claim may take the first of them only.
            try await add(try Sample.delivery("twin \(number)", of: b, subject: "twins"))
            try await add(try Sample.delivery("paused \(number)", of: c))
        }
    }

    /// A job that waited for its subject, which is free since nobody has claimed: the next claim is to find it.
    private func makeFreed() async throws {
        try await add(try Sample.delivery("before", of: a, subject: "freed"))
        let before = try await claimOne()
        try await add(try Sample.delivery("freed", of: a, subject: "freed"))
        guard try await queue.claim(Sample.kinds, limit: 10, lease: .seconds(30), suspects: false).isEmpty else {
            throw Unexpected("freed")
        }
        try await write { try JobQueue.complete(before.lease, in: $0) }
    }

    /// A pause, shares, open breakers and one that is nearly open.
    private func makeLanes() async throws {
        try await write { [a, b, c] connection in
            try JobQueue.pause(LaneSelector(tenant: c, kind: Sample.deliver), in: connection)
            try JobQueue.setShare(of: b, weight: 3, limit: 2, in: connection)
            for tenant in [a, a, a, a, b, b, b, b, b, c, c, c, c, c] {
                try CircuitBreaker.note(.unreachable, tenant: tenant, kind: Sample.deliver, in: connection)
            }
        }
    }

    private func holdDuty() async throws -> String {
        guard try await Sample.heldDuty.take(in: test.database) != nil else { throw Unexpected("duty") }
        return try await test.database.read { connection in
            try connection.row("SELECT holder FROM duties WHERE name = $1", Sample.heldDuty.name)?.get("holder") ?? ""
        }
    }

    // MARK: Steps

    struct Unexpected: Error {
        let what: String
        init(_ what: String) { self.what = what }
    }

    // No power cut is tested here, so nothing waits for the disk.
    private func write(_ body: @escaping @Sendable (Connection) throws -> Void) async throws {
        try await test.database.write(.relaxed) { try body($0) }
    }

    private func add(_ job: NewJob) async throws { try await write { _ = try JobQueue.enqueue(job, in: $0) } }

    @discardableResult
    private func record(_ id: String, of tenant: TenantID, subject: String?) async throws -> EventID {
        let event = Sample.event(id, of: tenant, subject: subject)
        let outcome = try await test.database.write(.relaxed) { try EventInbox.record(event, in: $0) }
        guard case .stored(let id) = outcome else { throw Unexpected(id) }
        return id
    }

    private func claimOne(lease: Duration = .seconds(30)) async throws -> ClaimedJob {
        let jobs = try await queue.claim(Sample.kinds, limit: 1, lease: lease, suspects: false)
        guard let job = jobs.first else { throw Unexpected("claim") }
        return job
    }
}
