import Database
import Messaging
import TestSupport
import Testing

/// Whose suspect is next.
@Suite struct SuspectTurnTests {
    /// Why hundreds of suspects may not run.
    enum Hindrance: String, CaseIterable, Sendable { case kindOfOtherWorkers, limit, probe, openBreaker, busySubjects }

    @Test(arguments: Engine.all, Hindrance.allCases)
    func `hundreds of suspects that may not run hide no other tenant's`(
        on engine: Engine, _ hindrance: Hindrance
    ) async throws {
        try await withQueue(on: engine) { queue, test in
            let its = hindrance == .kindOfOtherWorkers ? otherKind : kind
            try await queue.add(600) { try job(of: its, subject: hindrance == .busySubjects ? "s\($0)" : nil) }
            try await queue.add(try job("single", for: otherTenant))
            try await queue.crash(601, test)
            switch hindrance {
            case .kindOfOtherWorkers: break
            case .limit:
                try await queue.operate { try JobQueue.setShare(of: tenant, weight: 1, limit: 1, in: $0) }
                try await queue.add(try job("runs"))
                #expect(try await queue.claimSome(1, suspects: false).map { try $0.text } == ["runs"])
            case .probe:
                try await queue.fail(tenant, kind, 5)
                try await test.advance(by: .seconds(5))
                try await queue.add(try job("probe"))
                #expect(try await queue.claimSome(1, suspects: false).map { try $0.text } == ["probe"])
            case .openBreaker: try await queue.fail(tenant, kind, 5)
            case .busySubjects:
                try await queue.add(600) { try job("runs", subject: "s\($0)", priority: .high) }
                #expect(try await queue.claimSome(600, suspects: false).count == 600)
            }
            #expect(try await queue.nextClaim([kind]) == .zero)
            #expect(try await queue.claimSome(1).map { try $0.text } == ["single"])
        }
    }

    @Test(arguments: Engine.all)
    func `of several tenants with suspects each has its turn, within a tenant the urgent goes first, then the older`(
        on engine: Engine
    ) async throws {
        try await withQueue(on: engine) { queue, test in
            for number in 0..<8 { try await queue.add(try job("old \(number)")) }
            try await queue.add(try job("urgent", priority: .high))
            for number in 0..<2 { try await queue.add(try job("other's \(number)", for: otherTenant)) }
            try await queue.crash(11, test)
            var order: [String] = []
            for _ in 0..<11 {
                let suspect = try await queue.claimOne()
                order.append(try suspect.text)
                try await queue.finish(suspect)
            }
            #expect(order.filter { !$0.hasPrefix("other's") } == ["urgent"] + (0..<8).map { "old \($0)" })
            #expect(Set(order.prefix(4)).isSuperset(of: ["other's 0", "other's 1"]))
        }
    }
}

extension JobQueue {
    /// Makes suspects of the next jobs, of whichever kind.
    fileprivate func crash(_ count: Int, _ test: TestDatabase) async throws {
        #expect(try await claim([kind, otherKind], limit: count, lease: lease).count == count)
        try await test.advance(by: lease)
        // Claims of a kind that there is not bring back what expired, in batches.
        for _ in 0...count / 500 { #expect(try await claim([JobKind("none")], limit: 1, lease: lease).isEmpty) }
        #expect(try await jobs(JobFilter(state: "suspect"), limit: 1000).count == count)
    }
}
