import Database
import Messaging
import TestSupport
import Testing

@Suite struct PayloadTests {
    /// As JSON they have 511, 512, 513 … bytes: two of them are the quotes.
    static let payloads = [
        "", String(repeating: "a", count: 509), String(repeating: "a", count: 510), String(repeating: "a", count: 511),
        String(repeating: "b", count: 1900), String(repeating: "c", count: 100_000),
        "quotes \" and \\ and \n and \u{1} and \u{7f} and NUL \u{0} and $1 and %s and '",
        "👩‍👩‍👧‍👦 é e\u{301} ✓ \u{2028} \u{FFFD} 漢字", String(repeating: "🎉", count: 128),
        String(repeating: "🎉", count: 127) + "é",
        String(repeating: "漢", count: 20_000),
    ]

    @Test(arguments: Engine.all)
    func `a payload comes back as it went in, whatever its length and letters`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            for payload in Self.payloads { try await queue.add(try job(payload)) }
            try await queue.add(Self.payloads.count) { try job(Self.payloads[$0]) }
            let claimed = try await queue.claimSome(100).sorted { $0.id < $1.id }
            // Bytes, not characters: é may be one scalar or two.
            let bytes = try claimed.map { Array(try $0.text.utf8) }
            let expected = Self.payloads.map { Array($0.utf8) }
            #expect(Array(bytes.prefix(expected.count)) == expected)
            // Those that need a second look are stored after the plain ones of their batch.
            #expect(Set(bytes.dropFirst(expected.count)) == Set(expected))
            for job in claimed { try await queue.retry(job) }
            let again = try await queue.claimSome(100).sorted { $0.id < $1.id }
            #expect(try again.map { Array(try $0.text.utf8) } == bytes)
            for (job, payload) in zip(again, Self.payloads) {
                let stored = try #require(try await queue.payload(of: job.id))
                #expect(try job.text == payload)
                #expect(stored.utf8.count >= payload.utf8.count + 2)
            }
            #expect(try await queue.payload(of: JobID(rawValue: 4711)) == nil)
        }
    }

    @Test(arguments: Engine.all)
    func `payloads of up to 512 bytes lie with their job, longer ones apart`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, _ in
            for size in [511, 512, 513] { try await queue.add(try job(String(repeating: "a", count: size - 2))) }
            let apart = try await queue.database.read { connection in
                try connection.rows("SELECT payload IS NULL AS apart FROM jobs ORDER BY id").map { row in
                    try row.get("apart", as: Bool.self)
                }
            }
            #expect(apart == [false, false, true])
        }
    }

    @Test(arguments: Engine.all)
    func `a payload of another shape buries its job`(on engine: Engine) async throws {
        struct Order: Codable { let order: Int }
        try await withQueue(on: engine) { queue, _ in
            try await queue.add(try job("no order"))
            let claimed = try await queue.claimOne()
            let failure = #expect(throws: JobFailure.self) { try claimed.payload(Order.self) }
            #expect(failure?.fate == .bury)
            #expect(failure?.reason.contains("\(claimed.id)") == true)
            #expect(failure?.reason.contains("no order") == false)
        }
    }
}
