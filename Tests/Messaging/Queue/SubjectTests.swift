import Database
import Messaging
import TestSupport
import Testing

@Suite struct SubjectTests {
    @Test(arguments: Engine.all)
    func `jobs of one subject run one after the other, in order`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, _ in
            try await queue.add(4) { try job("\($0)", of: $0 == 2 ? otherKind : kind, subject: "order") }
            try await queue.add(try job("urgent", subject: "order", priority: .high))
            var order: [String] = []
            while case let jobs = try await queue.claim([kind, otherKind], limit: 10, lease: lease), !jobs.isEmpty {
                #expect(jobs.count == 1)
                #expect(try await queue.claim([kind, otherKind], limit: 10, lease: lease).isEmpty)
                order += try jobs.map { try $0.text }
                try await queue.finish(jobs[0])
            }
            #expect(order == ["urgent", "0", "1", "2", "3"])
        }
    }

    @Test(arguments: Engine.all)
    func `the same subject of two tenants is two subjects`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, _ in
            for owner in [tenant, otherTenant] {
                try await queue.add(2) { _ in try job(for: owner, subject: "order") }
            }
            let claimed = try await queue.claimSome()
            #expect(Set(claimed.map(\.tenant)) == [tenant, otherTenant])
            #expect(claimed.count == 2)
            #expect(try await queue.jobs(limit: 10).map(\.subject) == ["order", "order", "order", "order"])
        }
    }

    /// How the job that runs may end.
    enum End: String, CaseIterable, Sendable {
        case completed, completedInBatch, retried, retriedLater, released, buried, expired
    }

    @Test(arguments: Engine.all, End.allCases)
    func `whatever ends the running one, the next of its subject follows`(
        on engine: Engine, _ end: End
    ) async throws {
        try await withQueue(on: engine) { queue, test in
            try await queue.add(3) { try job("\($0)", subject: "order") }
            let first = try await queue.claimOne()
            #expect(try await queue.claimSome().isEmpty)
            #expect(try await queue.states() == ["leased", "blocked", "blocked"])
            switch end {
            case .completed: try await queue.finish(first)
            case .completedInBatch: _ = try await queue.finish([first])
            case .retried: try await queue.retry(first)
            case .retriedLater: try await queue.retry(first, after: .seconds(99))
            case .released: try await queue.release(first)
            case .buried: try await queue.bury(first)
            case .expired: try await test.advance(by: lease)
            }
            var done: Set<String> = []
            for _ in 0..<3 {
                for next in try await queue.claimSome(1) {
                    done.insert(try next.text)
                    #expect(try await queue.claimSome(5).isEmpty)
                    try await queue.finish(next)
                }
            }
            #expect(done.isSuperset(of: ["1", "2"]))
            #expect(done.contains("0") == [.retried, .released, .expired].contains(end))
            let states = Set(try await queue.states())
            #expect(!states.contains("blocked") && !states.contains("ready"))
        }
    }

    @Test(
        arguments: Engine.all,
        [LaneSelector(), .init(tenant: tenant), .init(kind: kind), .init(tenant: tenant, kind: kind)])
    func `a pause meanwhile leaves none blocked for good`(on engine: Engine, of lanes: LaneSelector) async throws {
        try await withQueue(on: engine) { queue, _ in
            try await queue.add(5) { try job("\($0)", subject: "order") }
            let first = try await queue.claimOne()
            #expect(try await queue.claimSome().isEmpty)
            try await queue.operate { try JobQueue.pause(lanes, in: $0) }
            try await queue.finish(first)
            for _ in 0..<3 { #expect(try await queue.claimSome().isEmpty) }
            try await queue.operate { _ = try JobQueue.resume(lanes, in: $0) }
            var order: [String] = []
            while case let jobs = try await queue.claimSome(3), !jobs.isEmpty {
                order += try jobs.map { try $0.text }
                #expect(try await queue.finish(jobs).isEmpty)
            }
            #expect(order == ["1", "2", "3", "4"])
        }
    }

    @Test(arguments: Engine.all)
    func `a subject with thousands waiting keeps no other of its tenant from running`(
        on engine: Engine
    ) async throws {
        try await withQueue(on: engine) { queue, _ in
            try await queue.add(2000) { try job("\($0)", subject: "crowded") }
            try await queue.add(3) { try job("free \($0)", subject: $0 == 0 ? nil : "quiet \($0)") }
            let claimed = try await queue.claimSome(10)
            #expect(Set(try claimed.map { try $0.text }) == ["0", "free 0", "free 1", "free 2"])
            try await queue.finish(try #require(claimed.first { try $0.text == "0" }))
            #expect(try await queue.claimSome(10).map { try $0.text } == ["1"])
        }
    }

    @Test(arguments: Engine.all)
    func `thousands behind a busy subject are passed in one claim`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, _ in
            try await queue.add(7000) { try job("\($0)", subject: "crowded") }
            #expect(try await queue.claimSome(1).count == 1)
            try await queue.add(try job("free"))
            #expect(try await queue.claimSome(1).map { try $0.text } == ["free"])
        }
    }

    @Test(arguments: Engine.all)
    func `a job behind a busy subject gets its turn among many that wait`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, _ in
            // Each of 520 subjects has one that runs and one that waits; the last subject's runner ends.
            try await queue.add(1040) { try job("\($0 / 2)", subject: "s\(String(10_000 + $0 / 2))") }
            let running = try await queue.claimSome(1040)
            #expect(running.count == 520)
            #expect(try await queue.claimSome(10).isEmpty)
            let last = try #require(running.first { try $0.text == "519" })
            try await queue.finish(last)
            #expect(try await queue.claimSome(10).map { try $0.text } == ["519"])
        }
    }

    @Test(arguments: Engine.all)
    func `a subject comes back as it was given`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, _ in
            for subject in ["", "a/b", "ten_a/x", "'", "\u{301}accent first", "🎉"] {
                let id = try await queue.add(try job(subject: subject))
                #expect(try await queue.row(id).subject == subject)
            }
            #expect(try await queue.claimSome().count == 6)
        }
    }
}
