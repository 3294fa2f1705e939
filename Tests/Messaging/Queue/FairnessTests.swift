import Database
import Messaging
import TestSupport
import Testing

@Suite struct FairnessTests {
    @Test(arguments: Engine.all)
    func `beside a backlog of thousands another's single job is in the next claim`(
        on engine: Engine
    ) async throws {
        try await withQueue(on: engine) { queue, _ in
            try await queue.add(3000) { _ in try job(priority: .high) }
            #expect(try await queue.claimSome(8).count == 8)
            try await queue.add(try job("single", for: otherTenant, priority: .low))
            #expect(try await queue.claimSome(1).map { try $0.text } == ["single"])
            try await queue.add(try job("single", for: otherTenant))
            #expect(try await queue.claimSome(4).contains { try $0.text == "single" })
        }
    }

    @Test(arguments: Engine.all)
    func `a backlog that falls due at once delays nobody`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            try await queue.add(2500) { _ in try job(delay: .seconds(1)) }
            try await queue.add(try job("single", for: otherTenant, delay: .seconds(2)))
            try await test.advance(by: .seconds(2))
            #expect(try await queue.claimSome(4).contains { try $0.text == "single" })
        }
    }

    @Test(arguments: Engine.all)
    func `many tenants that may not run keep nobody from running`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, _ in
            // Before the single job in every order: by id, by age, by name.
            try await queue.add(400) { try job(for: TenantID(rawValue: "ten_\(1000 + $0)")) }
            try await queue.add(400) { try job(of: otherKind, for: TenantID(rawValue: "ten_\(2000 + $0)")) }
            try await queue.operate { connection in
                for number in 0..<400 {
                    try JobQueue.pause(LaneSelector(tenant: TenantID(rawValue: "ten_\(1000 + number)")), in: connection)
                }
            }
            try await queue.add(try job("single", for: TenantID(rawValue: "ten_z")))
            #expect(try await queue.claimSome(1).map { try $0.text } == ["single"])
        }
    }

    @Test(arguments: Engine.all, [false, true])
    func `of hundreds of tenants with a backlog each gets its turn`(on engine: Engine, areSlow: Bool) async throws {
        try await withQueue(on: engine) { queue, _ in
            try await queue.add(5200) { try job(for: TenantID(rawValue: "ten_\(1000 + $0 % 520)")) }
            var served: [TenantID: Int] = [:]
            // 33 claims of 16 are once for each; nobody is served three times before the last one's first.
            for _ in 0..<66 {
                let jobs = try await queue.claimSome(16)
                for job in jobs { served[job.tenant, default: 0] += 1 }
                if !areSlow { #expect(try await queue.finish(jobs).isEmpty) }
            }
            #expect(served.count == 520)
            #expect(served.values.allSatisfy { (1...3).contains($0) })
        }
    }

    @Test(arguments: Engine.all)
    func `a share is as heavy as it was set`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, _ in
            try await queue.operate { try JobQueue.setShare(of: tenant, weight: 3, limit: nil, in: $0) }
            for owner in [tenant, otherTenant] { try await queue.add(100) { _ in try job(for: owner) } }
            #expect(try await queue.claimSome(8).count(where: { $0.tenant == tenant }) == 6)
            try await queue.operate { try JobQueue.setShare(of: tenant, weight: 1, limit: nil, in: $0) }
            #expect(try await queue.claimSome(8).count(where: { $0.tenant == tenant }) == 2)
            let shares = try await queue.shares()
            #expect(shares.map(\.tenant) == [tenant])
            #expect(shares.map(\.weight) == [1])
        }
    }

    @Test(arguments: Engine.all)
    func `weights hold with a single place`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, _ in
            try await queue.operate { try JobQueue.setShare(of: otherTenant, weight: 3, limit: nil, in: $0) }
            for owner in [tenant, otherTenant] { try await queue.add(100) { _ in try job(for: owner) } }
            #expect((58...62).contains(try await queue.serve(80)[otherTenant] ?? 0))
        }
    }

    /// Each process knows whom it served itself, and only the database knows what runs.
    @Test(arguments: Engine.all)
    func `over several processes weights hold on the average, and nobody starves`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            let processes = (0..<5).map { _ in JobQueue(test.database) }
            let owners = (0..<6).map { TenantID(rawValue: "ten_\($0)") }
            try await queue.operate { try JobQueue.setShare(of: owners[0], weight: 4, limit: nil, in: $0) }
            for owner in owners { try await queue.add(200) { _ in try job(for: owner) } }
            var random = SplitMix(seed: 7)
            var served: [TenantID: [Int]] = [:]
            for number in 0..<360 {
                let process = processes[Int.random(in: 0..<5, using: &random)]
                let job = try await process.claimOne()
                served[job.tenant, default: []].append(number)
                try await process.finish(job)
            }
            #expect((140...180).contains(served[owners[0]]?.count ?? 0))
            for owner in owners.dropFirst() {
                let turns = served[owner] ?? []
                #expect((30...50).contains(turns.count))
                // A share is a ninth of each process: none waits longer than two rounds of all of them.
                #expect(zip(turns, turns.dropFirst()).allSatisfy { $1 - $0 <= 2 * 9 * processes.count })
            }
        }
    }

    /// What may keep a tenant's jobs from running here for long, while others are served.
    enum Hindrance: String, CaseIterable, Sendable { case pause, breaker, kindOfOtherWorkers }

    @Test(arguments: Engine.all, Hindrance.allCases)
    func `a tenant that could not run for long has no claim to what it missed`(
        on engine: Engine, _ hindrance: Hindrance
    ) async throws {
        try await withQueue(on: engine) { queue, _ in
            try await queue.add(100) { _ in try job(for: otherTenant) }
            switch hindrance {
            case .pause: try await queue.operate { try JobQueue.pause(LaneSelector(tenant: tenant), in: $0) }
            case .breaker: try await queue.fail(tenant, kind, 5)
            case .kindOfOtherWorkers: break
            }
            try await queue.add(100) { _ in try job(of: hindrance == .kindOfOtherWorkers ? otherKind : kind) }
            #expect(try await queue.serve(40)[otherTenant] == 40)
            try await queue.operate { connection in
                _ = try JobQueue.resume(LaneSelector(tenant: tenant), in: connection)
                try CircuitBreaker.close(tenant: tenant, kind: kind, in: connection)
            }
            try await queue.add(100) { _ in try job() }
            #expect((8...12).contains(try await queue.serve(20)[otherTenant] ?? 0))
        }
    }

    @Test(arguments: Engine.all)
    func `what one tenant leaves, others take`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, _ in
            try await queue.add(100) { _ in try job() }
            try await queue.add(2) { _ in try job(for: otherTenant) }
            try await queue.operate { try JobQueue.setShare(of: otherTenant, weight: 1000, limit: nil, in: $0) }
            let claimed = try await queue.claimSome(20)
            #expect(claimed.count == 20)
            #expect(claimed.count(where: { $0.tenant == otherTenant }) == 2)
            #expect(try await queue.claimSome(200).count == 82)
        }
    }

    @Test(arguments: Engine.all)
    func `places that busy subjects leave are taken`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, _ in
            // Of the first three of each only one may run; behind them stand many of one tenant, and one of the other.
            for owner in [tenant, otherTenant] { try await queue.add(3) { _ in try job(for: owner, subject: "s") } }
            try await queue.add(9) { _ in try job() }
            try await queue.add(try job(for: otherTenant))
            let claimed = try await queue.claimSome(8)
            #expect(claimed.count == 8)
            #expect(claimed.count(where: { $0.tenant == otherTenant }) == 2)
        }
    }
}

extension JobQueue {
    /// Claims and completes one job after the other.
    /// - Returns: how many of each tenant.
    fileprivate func serve(_ count: Int) async throws -> [TenantID: Int] {
        var served: [TenantID: Int] = [:]
        for _ in 0..<count {
            let job = try await claimOne()
            served[job.tenant, default: 0] += 1
            try await finish(job)
        }
        return served
    }
}
