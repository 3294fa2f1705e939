import Database
import Messaging
import TestSupport
import Testing

@Suite struct TenantLimitTests {
    @Test(arguments: Engine.all)
    func `a tenant never runs more jobs than its limit, whatever is free`(on engine: Engine) async throws {
        try await withTwoQueues(on: engine) { queue, other, test in
            try await queue.operate { try JobQueue.setShare(of: tenant, weight: 100, limit: 3, in: $0) }
            try await queue.add(20) { _ in try job() }
            try await queue.add(2) { _ in try job(for: otherTenant) }
            #expect(try await queue.claimSome(10).count == 5)
            #expect(try await other.claimSome(10).isEmpty)
            // An expired lease runs no more.
            try await test.advance(by: lease)
            let again = try await other.claimSome(10)
            #expect(again.count(where: { $0.tenant == tenant }) == 3)
            try await queue.finish(try #require(again.first { $0.tenant == tenant }))
            #expect(try await queue.claimSome(10, suspects: false).count == 1)
        }
    }

    @Test(arguments: Engine.all)
    func `a limit counts all kinds, and may be changed and taken away`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, _ in
            try await queue.add(20) { try job(of: $0.isMultiple(of: 2) ? kind : otherKind) }
            try await queue.operate { try JobQueue.setShare(of: tenant, weight: 1, limit: 2, in: $0) }
            #expect(try await queue.claim([kind], limit: 10, lease: lease).count == 2)
            #expect(try await queue.claim([otherKind], limit: 10, lease: lease).isEmpty)
            try await queue.operate { try JobQueue.setShare(of: tenant, weight: 1, limit: 5, in: $0) }
            #expect(try await queue.claim([otherKind], limit: 10, lease: lease).count == 3)
            // Below what runs: those go on, and no new one starts.
            try await queue.operate { try JobQueue.setShare(of: tenant, weight: 1, limit: 1, in: $0) }
            #expect(try await queue.claim([kind, otherKind], limit: 10, lease: lease).isEmpty)
            try await queue.operate { try JobQueue.setShare(of: tenant, weight: 1, limit: nil, in: $0) }
            #expect(try await queue.claim([kind, otherKind], limit: 100, lease: lease).count == 15)
        }
    }

    @Test(arguments: Engine.all)
    func `a limit is exact among 16 consumers, and all places are used`(on engine: Engine) async throws {
        try await withTwoQueues(on: engine) { queue, other, _ in
            try await queue.operate { try JobQueue.setShare(of: tenant, weight: 1, limit: 3, in: $0) }
            try await queue.add(150) { try job(for: $0 % 3 == 0 ? otherTenant : tenant) }
            let crowd = Crowd()
            let done = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<16 {
                    let mine = number.isMultiple(of: 2) ? queue : other
                    group.addTask { try await Self.consume(mine, crowd) }
                }
                return try await group.reduce(0, +)
            }
            #expect(done == 150)
            #expect(crowd.most <= 3)
        }
    }

    /// Takes what there is until nothing is left; counts the limited tenant's jobs in and out.
    private static func consume(_ queue: JobQueue, _ crowd: Crowd) async throws -> Int {
        var done = 0
        while true {
            let jobs = try await queue.claimSome(2)
            if jobs.isEmpty, try await queue.nextDue() == nil { return done }
            for job in jobs where job.tenant == tenant { crowd.enter() }
            let running = try await queue.jobs(JobFilter(state: "leased", tenant: tenant), limit: 100)
            #expect(running.count <= 3)
            for job in jobs {
                if job.tenant == tenant { crowd.leave() }
                try await queue.finish(job)
                done += 1
            }
        }
    }

    @Test(arguments: Engine.all)
    func `weights and limits beyond their bounds are taken as the bounds`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, _ in
            try await queue.operate { try JobQueue.setShare(of: tenant, weight: 0, limit: 0, in: $0) }
            try await queue.operate { try JobQueue.setShare(of: otherTenant, weight: 5000, limit: nil, in: $0) }
            let shares = try await queue.shares()
            #expect(shares.map(\.weight) == [1, 1000])
            #expect(shares.map(\.limit) == [1, nil])
        }
    }
}
