import Database
import Messaging
import TestSupport
import Testing

/// A destination to which all tenants' jobs of a kind go, as emails go to one server.
@Suite struct SharedBreakerTests {
    private static let owners = (0..<20).map { TenantID(rawValue: "ten_\(10 + $0)") }

    /// 40 jobs of the kind and 20 of another, of 20 tenants.
    private func withMany(
        on engine: Engine, _ body: (JobQueue, JobQueue, TestDatabase) async throws -> Void
    ) async throws {
        try await withTwoQueues(on: engine) { queue, other, test in
            try await queue.add(60) { try job(of: $0 < 40 ? kind : otherKind, for: Self.owners[$0 % 20]) }
            try await body(queue, other, test)
        }
    }

    /// - Returns: whose jobs were tried.
    private func open(_ queue: JobQueue) async throws -> Set<TenantID> {
        var tried: Set<TenantID> = []
        for _ in 0..<5 {
            #expect(try await queue.breakers().isEmpty)
            let failed = try await queue.claimOne()
            tried.insert(failed.tenant)
            try await queue.note(.unreachable.ofAllTenants, failed)
        }
        return tried
    }

    @Test(arguments: Engine.all)
    func `five failures of different tenants keep the jobs of all, and one probe at a time goes through`(
        on engine: Engine
    ) async throws {
        try await withMany(on: engine) { queue, other, test in
            let tried = try await open(queue)
            #expect(tried.count == 5)
            let breaker = try #require(try await queue.breakers().first)
            #expect((breaker.tenant, breaker.kind, breaker.failures) == (nil, kind, 5))
            #expect(try await queue.nextClaim([kind]) == .seconds(5))
            #expect(try await other.claim([kind, otherKind], limit: 100, lease: .seconds(9999)).count == 20)

            for seconds in [5, 10, 20, 40, 60, 60, 60] {
                try await test.advance(by: .seconds(seconds) - .microseconds(1))
                for mine in [queue, other] { #expect(try await mine.claimSome(100).isEmpty) }
                try await test.advance(by: .microseconds(1))
                #expect(try await queue.nextClaim([kind]) == .zero)
                let probes = try await queue.claimSome(100)
                #expect(probes.count == 1)
                for mine in [queue, other] { #expect(try await mine.claimSome(100).isEmpty) }
                for probe in probes { try await other.note(.unreachable.ofAllTenants, probe) }
            }
            try await test.advance(by: .seconds(60))
            try await queue.note(.answered.ofAllTenants, queue.claimOne())
            #expect(try await queue.breakers().isEmpty)
            #expect(try await queue.claimSome(100).count == 40)
        }
    }

    @Test(arguments: Engine.all)
    func `of jobs whose worker died, too, only one is the probe`(on engine: Engine) async throws {
        try await withMany(on: engine) { queue, other, test in
            #expect(try await queue.claimSome(10).count == 10)
            try await test.advance(by: lease)
            #expect(try await queue.claim([JobKind("none")], limit: 1, lease: lease).isEmpty)
            _ = try await open(queue)
            #expect(try await other.claimSome(100).isEmpty)
            try await test.advance(by: .seconds(5))
            let probe = try await other.claimSome(100)
            #expect(probe.map(\.isSuspect) == [true])
            #expect(try await queue.claimSome(100).isEmpty)
            // An ordinary job is the probe where no suspect may run.
            for job in probe { try await other.release(job) }
            #expect(try await queue.claimSome(100, suspects: false).count == 1)
            #expect(try await other.claimSome(100).isEmpty)
        }
    }

    @Test(arguments: Engine.all)
    func `a tenant's own destination of the kind is told apart, until the shared one answers`(
        on engine: Engine
    ) async throws {
        try await withMany(on: engine) { queue, _, test in
            try await queue.fail(Self.owners[0], kind, 5)
            let others = try await queue.claimSome(100)
            #expect(Set(others.map(\.tenant)) == Set(Self.owners.dropFirst()))
            try await queue.note(.answered.ofAllTenants, others[0])
            #expect(try await queue.breakers().isEmpty)
            #expect(try await queue.claimSome(100).contains { $0.tenant == Self.owners[0] })
        }
    }
}
