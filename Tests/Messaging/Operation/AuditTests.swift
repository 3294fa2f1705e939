import Database
import Messaging
import TestSupport
import Testing

@Suite struct AuditTests {
    @Test(arguments: Engine.all)
    func `an entry comes back as it was written, newest first, page by page`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            try await queue.operate { connection in
                for number in 0..<5 {
                    try AuditLog.record(
                        AuditEntry(
                            actor: "alice@host \(number)", action: "job.retry", subject: "job_\(number)",
                            reason: number == 2 ? nil : "it's \"mended\" é", details: number == 3 ? nil : "{\"n\":1}"),
                        in: connection)
                }
            }
            try await test.advance(by: .seconds(1))
            try await queue.operate { connection in
                try AuditLog.record(AuditEntry(actor: "bob", action: "queue.pause", subject: "all"), in: connection)
            }
            let rows = try await queue.database.read { try AuditLog.entries(in: $0, limit: 100) }
            #expect(rows.map(\.entry.actor).first == "bob")
            #expect(rows.map(\.at).prefix(2) == [TestClock.start + 1_000_000, TestClock.start])
            #expect(rows.dropFirst().map(\.entry.subject) == ["job_4", "job_3", "job_2", "job_1", "job_0"])
            #expect(rows.map(\.entry.reason)[3] == nil)
            #expect(rows.map(\.entry.reason)[4] == "it's \"mended\" é")
            #expect(rows.map(\.entry.details)[1] == "{\"n\":1}")
            #expect(rows.map(\.entry.details)[2] == nil)
            let page = try await queue.database.read { try AuditLog.entries(in: $0, limit: 2, before: rows[1].id) }
            #expect(page.map(\.id) == rows[2...3].map(\.id))
        }
    }

    @Test(arguments: Engine.all)
    func `the entry of a long deed is brought up to date, and no other`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            let entry = AuditEntry(actor: "a", action: "event.replay", subject: "all", reason: "r", details: "1")
            let ids = try await queue.operate { connection in
                [try AuditLog.record(entry, in: connection), try AuditLog.record(entry, in: connection)]
            }
            try await test.advance(by: .seconds(1))
            try await queue.operate { try AuditLog.update(ids[0], details: "2", in: $0) }
            let rows = try await queue.database.read { try AuditLog.entries(in: $0, limit: 9) }
            #expect(rows.map(\.id) == [ids[1], ids[0]])
            #expect(rows.map(\.entry.details) == ["1", "2"])
            #expect(rows.allSatisfy { $0.at == TestClock.start && $0.entry.reason == "r" })
        }
    }
}
