import Database
import Messaging
import TestSupport
import Testing

@Suite struct InboxTests {
    @Test(arguments: Engine.all)
    func `an event delivered twice is one row and one job`(on engine: Engine) async throws {
        try await withInbox(on: engine) { inbox, queue, test in
            let id = try await inbox.add(received("evt_1"))
            try await test.advance(by: .seconds(3))
            #expect(try await inbox.record(received("evt_1", type: "other", body: [1])) == .duplicate)
            #expect(try await queue.jobs(limit: 10).count == 1)
            let stored = try #require(try await queue.database.read { try EventInbox.event(id, in: $0) })
            #expect(stored.body == [0, 255, 10])
            #expect(stored.row.type == "payment_intent.succeeded")
            #expect(stored.row.state == "pending")
            #expect(stored.row.receivedAt == TestClock.start)
            #expect(stored.row.created == 1_700_000_000)
            #expect(stored.row.apiVersion == "2026-10-29.clover")
            #expect(stored.row.account == "acct_1")
            #expect(stored.row.endpointID == "we_1")
        }
    }

    @Test(arguments: Engine.all, EventState.allCases)
    func `an event is held once whatever became of it`(on engine: Engine, _ state: EventState) async throws {
        try await withInbox(on: engine) { inbox, queue, _ in
            let again: EventState = state == .kept ? .kept : .pending
            let id = try await inbox.add(received("evt_1", state: again))
            if state != .pending, state != .kept { try await queue.settle(state) }
            #expect(try await inbox.record(received("evt_1", state: again)) == .duplicate)
            let row = try #require(try await inbox.events(limit: 10).first)
            #expect((row.id, row.state) == (id, state.rawValue))
            #expect(try await queue.jobs(limit: 10).count == (state == .kept ? 0 : 1))
        }
    }

    @Test(arguments: Engine.all)
    func `an event that was only kept is the tenant's as soon as a source says so, once`(
        on engine: Engine
    ) async throws {
        try await withInbox(on: engine) { inbox, queue, _ in
            let id = try await inbox.add(received("evt_1", signature: "t=1,v1=aa", body: [1], state: .kept))
            let theirs = received("evt_1", signature: "t=2,v1=bb", body: [2])
            let outcomes = try await inbox.database.write { connection in
                try EventInbox.record([received("evt_2"), theirs, theirs], in: connection)
            }
            #expect(outcomes[0] != .duplicate && outcomes[0] != .stored(id))
            #expect(Array(outcomes[1...]) == [.stored(id), .duplicate])
            let stored = try #require(try await inbox.database.read { try EventInbox.event(id, in: $0) })
            #expect(stored.row.state == "pending" && stored.body == [2] && stored.signature == "t=2,v1=bb")
            #expect(try await queue.jobs(limit: 10).count == 2)
            #expect(try await inbox.record(theirs) == .duplicate)
        }
    }

    @Test(arguments: Engine.all)
    func `tenants and modes keep their events apart`(on engine: Engine) async throws {
        try await withInbox(on: engine) { inbox, _, _ in
            for owner in [tenant, otherTenant] {
                for livemode in [false, true] {
                    try await inbox.add(received("evt_1", for: owner, livemode: livemode))
                    #expect(try await inbox.record(received("evt_1", for: owner, livemode: livemode)) == .duplicate)
                }
            }
            #expect(try await inbox.events(EventSelection(tenant: tenant), limit: 10).count == 2)
            #expect(try await inbox.count(EventSelection()) == 4)
        }
    }

    static let bodies: [[UInt8]] = [
        [], [0], Array(0...255), Array(repeating: 0, count: 5000), Array("{\"a\":\"é\u{301}\"}".utf8),
        [0xFF, 0xFE, 0xC3],
        Array("\\x00ff ' \" $1 \r\n".utf8), Array((0..<1_048_576).map { UInt8(truncatingIfNeeded: $0 &* 31) }),
    ]

    @Test(arguments: Engine.all)
    func `body and signature are kept byte for byte`(on engine: Engine) async throws {
        try await withInbox(on: engine) { inbox, queue, _ in
            let signatures = [
                "", "t=1,v1=\(String(repeating: "f", count: 4000))", "é e\u{301} 🎉 ' \" \\ $1 %", " \t padded ",
            ]
            for (number, body) in Self.bodies.enumerated() {
                let signature = signatures[number % signatures.count]
                let id = try await inbox.add(received("evt_\(number)", signature: signature, body: body))
                let stored = try #require(try await queue.database.read { try EventInbox.event(id, in: $0) })
                #expect(stored.body == body)
                #expect(Array(stored.signature.utf8) == Array(signature.utf8))
            }
        }
    }

    @Test(arguments: Engine.all)
    func `text is kept whole or refused, never cut`(on engine: Engine) async throws {
        try await withInbox(on: engine) { inbox, _, _ in
            // Four fill the leaders of the group writer, so that one goes in a group with good ones.
            await withDiscardingTaskGroup { group in
                for number in 0..<20 {
                    group.addTask {
                        let type = number % 5 == 0 ? "with\0nul" : "plain"
                        _ = try? await inbox.record(received("evt_\(number)", type: type))
                    }
                }
            }
            let types = try await inbox.events(limit: 100).map(\.type)
            #expect(types.count(where: { $0 == "plain" }) == 16)
            #expect(types.allSatisfy { $0 == "plain" || $0 == "with\0nul" })
        }
    }

    @Test(arguments: Engine.all)
    func `event and job are stored together or neither`(on engine: Engine) async throws {
        struct NoJob: Error {}
        try await withInbox(on: engine) { inbox, queue, _ in
            await #expect(throws: NoJob.self) { try await inbox.record(received("evt_1") { _ in throw NoJob() }) }
            #expect(try await inbox.count(EventSelection()) == 0)
            await #expect(throws: NoJob.self) {
                try await queue.database.write { connection in
                    _ = try EventInbox.record(received("evt_1"), in: connection)
                    throw NoJob()
                }
            }
            #expect(try await inbox.count(EventSelection()) == 0)
            #expect(try await queue.states().isEmpty)
            // And the event is not lost by it: the next delivery stores it.
            try await inbox.add(received("evt_1"))
            try await inbox.add(received("evt_2", state: .kept))
            #expect(try await queue.states() == ["ready"])
        }
    }

    @Test(arguments: Engine.all)
    func `the list pages from the newest and filters`(on engine: Engine) async throws {
        try await withInbox(on: engine) { inbox, _, _ in
            for number in 0..<9 {
                try await inbox.add(
                    received("evt_\(number)", type: number % 3 == 0 ? "a" : "b", state: number == 4 ? .kept : .pending))
            }
            let all = try await inbox.events(limit: 10)
            #expect(all.map(\.id.rawValue) == all.map(\.id.rawValue).sorted().reversed())
            let first = try await inbox.events(limit: 4)
            let second = try await inbox.events(limit: 10, before: first[3].id)
            #expect(first.map(\.id) + second.map(\.id) == all.map(\.id))
            let some = try await inbox.events(EventSelection(type: "a"), limit: 10)
            #expect(Set(some.map(\.stripeEventID)) == ["evt_0", "evt_3", "evt_6"])
            #expect(try await inbox.events(EventSelection(state: .kept), limit: 10).map(\.stripeEventID) == ["evt_4"])
            #expect(try await inbox.count(EventSelection(type: "b", state: .pending)) == 5)
        }
    }
}
