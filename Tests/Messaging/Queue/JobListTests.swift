import Database
import TestSupport
import Testing

@testable import Messaging

@Suite struct JobListTests {
    @Test(arguments: Engine.all)
    func `a list is of the state, tenant and kind that were asked for`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, _ in
            for number in 0..<8 {
                let id = try await queue.add(
                    try job(of: number & 1 == 0 ? kind : otherKind, for: number & 2 == 0 ? tenant : otherTenant))
                if number & 4 == 0 { try await queue.bury(try await queue.claimOne([kind, otherKind])) }
                #expect(try await queue.row(id).state == (number & 4 == 0 ? "dead" : "ready"))
            }
            #expect(try await queue.jobs(limit: 9).count == 8)
            #expect(try await queue.jobs(JobFilter(state: "dead"), limit: 9).map(\.id.rawValue) == [4, 3, 2, 1])
            #expect(try await queue.jobs(JobFilter(state: "dead", kind: kind), limit: 9).map(\.id.rawValue) == [3, 1])
            let filter = JobFilter(state: "dead", tenant: otherTenant, kind: kind)
            #expect(try await queue.jobs(filter, limit: 9).map(\.id.rawValue) == [3])
            let page = try await queue.jobs(JobFilter(state: "dead"), limit: 2, before: JobID(rawValue: 4))
            #expect(page.map(\.id.rawValue) == [3, 2])
            #expect(try await queue.jobs(JobFilter(state: "' OR '' = '"), limit: 9).isEmpty)
        }
    }

    @Test(arguments: Engine.all)
    func `dead letters are listed by their own index, whatever has finished`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            try await queue.add(1000) { _ in try job() }
            #expect(try await queue.finish(queue.claimSome(995)).isEmpty)
            for job in try await queue.claimSome(5) { try await queue.bury(job) }
            let list = try #require(JobQueue.list(of: "dead"))
            let plan = try await test.database.read { connection in
                let explain = connection.dialect == .sqlite ? "EXPLAIN QUERY PLAN" : "EXPLAIN"
                return try connection.rows("\(explain) \(list)", Int64.max, "", "", 100)
            }
            let words = plan.flatMap { $0.cells.map { "\($0.value)" } }.joined(separator: "\n")
            #expect(words.contains("jobs_dead "), "\(words)")
            #expect(try await queue.jobs(JobFilter(state: "dead"), limit: 100).count == 5)
        }
    }
}
