import Database
import Messaging
import TestSupport
import Testing

private func received(
    _ stripeID: String, tenant owner: TenantID = tenant, livemode: Bool = false,
    type: String = "payment_intent.succeeded"
) -> ReceivedEvent {
    ReceivedEvent(
        tenant: owner, livemode: livemode, stripeEventID: stripeID, type: type, apiVersion: nil, account: nil,
        created: 1_700_000_000, endpointID: "we_1", signature: "t=1,v1=00", body: [0, 255, 10], state: .pending,
        job: { try NewJob(kind, tenant: owner, payload: ["event": $0]) })
}

@Suite struct InboxTests {
    @Test(arguments: Engine.all)
    func `an event delivered twice is one row and one job`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, _ in
            let inbox = EventInbox(queue.database)
            guard case .stored(let id) = try await inbox.record(received("evt_1")) else {
                Issue.record("the first delivery was not stored")
                return
            }
            #expect(try await inbox.record(received("evt_1")) == .duplicate)
            #expect(try await queue.jobs(limit: 10).count == 1)
            let stored = try await queue.database.read { try EventInbox.event(id, in: $0) }
            #expect(stored?.body == [0, 255, 10])
            #expect(stored?.signature == "t=1,v1=00")
            #expect(stored?.row.state == "pending")
        }
    }

    @Test(arguments: Engine.all)
    func `tenants and modes keep their events apart`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, _ in
            let inbox = EventInbox(queue.database)
            let outcomes = [
                try await inbox.record(received("evt_1")),
                try await inbox.record(received("evt_1", livemode: true)),
                try await inbox.record(received("evt_1", tenant: TenantID(rawValue: "ten_other"))),
            ]
            #expect(!outcomes.contains(.duplicate))
            #expect(try await inbox.events(tenant: tenant, limit: 10).count == 2)
        }
    }

    @Test(arguments: Engine.all)
    func `of many deliveries at once each event is stored once`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            let other = EventInbox(try test.openAgain())
            let inbox = EventInbox(queue.database)
            let stored = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<400 {
                    let mine = number.isMultiple(of: 2) ? inbox : other
                    group.addTask { try await mine.record(received("evt_\(number / 4)")) != .duplicate }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(stored == 100)
            let jobs = try await queue.jobs(limit: 1000)
            #expect(jobs.count == 100)
            await other.database.close()
        }
    }

    @Test(arguments: Engine.all)
    func `one event that cannot be stored fails alone`(on engine: Engine) async throws {
        struct NoJob: Error {}
        try await withQueue(on: engine) { queue, _ in
            let inbox = EventInbox(queue.database)
            let failures = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<50 {
                    group.addTask {
                        let good = received("evt_\(number)")
                        let event =
                            number != 25
                            ? good
                            : ReceivedEvent(
                                tenant: tenant, livemode: false, stripeEventID: "evt_25", type: "x", apiVersion: nil,
                                account: nil, created: 0, endpointID: "we_1", signature: "", body: [], state: .pending,
                                job: { _ in throw NoJob() })
                        do { _ = try await inbox.record(event) } catch { return error is NoJob }
                        return false
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(failures == 1)
            let events = try await inbox.events(limit: 100)
            #expect(events.count == 49)
            #expect(try await queue.jobs(limit: 100).count == 49)
        }
    }

    @Test(arguments: Engine.all)
    func `the list pages from the newest and filters`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, _ in
            let inbox = EventInbox(queue.database)
            for number in 0..<5 {
                _ = try await inbox.record(received("evt_\(number)", type: number == 3 ? "charge.refunded" : "a"))
            }
            let all = try await inbox.events(limit: 10)
            let first = try await inbox.events(limit: 2)
            let second = try await inbox.events(limit: 10, before: first[1].id)
            #expect(first.map(\.id) + second.map(\.id) == all.map(\.id))
            let refunds = try await inbox.events(type: "charge.refunded", limit: 10)
            #expect(refunds.map(\.stripeEventID) == ["evt_3"])
        }
    }
}
