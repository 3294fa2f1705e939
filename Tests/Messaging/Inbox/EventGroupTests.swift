import Database
import Dispatch
import Messaging
import TestSupport
import Testing

/// Events that arrive together are stored together, several rows a statement.
@Suite(.timeLimit(.minutes(2))) struct EventGroupTests {
    /// 7 and 8, 32 and 33 lie beside the sizes of the statements, 255 and 256 beside a group's.
    static let sizes = [1, 2, 7, 8, 9, 31, 32, 33, 40, 41, 72, 255, 256, 257, 300]

    @Test(arguments: Engine.all, sizes)
    func `of a group each event is stored once, with its own job`(on engine: Engine, _ size: Int) async throws {
        try await withInbox(on: engine) { inbox, queue, _ in
            // Every third is in the table, every fifth comes twice in the group.
            try await queue.database.write { connection in
                for number in stride(from: 0, to: size, by: 3) {
                    _ = try EventInbox.record(received("evt_\(number)"), in: connection)
                }
            }
            let events = (0..<size).map { received("evt_\($0)", body: [UInt8(truncatingIfNeeded: $0)]) }
            let twice = stride(from: 0, to: size, by: 5).map {
                received("evt_\($0)", body: [UInt8(truncatingIfNeeded: $0)])
            }
            let outcomes = try await inbox.recordTogether(events + twice)
            let stored = outcomes.filter { $0 != .duplicate }
            #expect(stored.count == (0..<size).count(where: { $0 % 3 != 0 }))
            let rows = try await inbox.events(limit: 1000)
            #expect(Set(rows.map(\.stripeEventID)) == Set((0..<size).map { "evt_\($0)" }))
            #expect(rows.count == size)
            #expect(try await queue.jobs(limit: 1000).count == size)
            for case (let number, .stored(let id)) in zip(0..., outcomes.prefix(size)) {
                let event = try #require(try await queue.database.read { try EventInbox.event(id, in: $0) })
                #expect(event.row.stripeEventID == "evt_\(number)")
                #expect(event.body == [UInt8(truncatingIfNeeded: number)])
            }
        }
    }

    @Test(arguments: Engine.all)
    func `one event that cannot be stored fails alone`(on engine: Engine) async throws {
        struct NoJob: Error {}
        try await withInbox(on: engine) { inbox, queue, _ in
            let events = (0..<100).map { number in
                number == 60 ? received("evt_60") { _ in throw NoJob() } : received("evt_\(number)")
            }
            let results = await inbox.resultsTogether(events)
            for (number, result) in results.enumerated() {
                switch result {
                case .success(let outcome): #expect(number != 60 && outcome != .duplicate)
                case .failure(let error): #expect(number == 60 && error is NoJob)
                }
            }
            let rows = try await queue.rows(of: "events", "jobs")
            #expect(rows == [99, 99])
        }
    }

    @Test(arguments: Engine.all)
    func `events of many tenants and both modes share a group`(on engine: Engine) async throws {
        try await withTwoQueues(on: engine) { queue, other, _ in
            let inboxes = [EventInbox(queue.database), EventInbox(other.database)]
            let stored = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<400 {
                    group.addTask {
                        // 100 events, each four times: in both processes, and of one id in different orders.
                        let event = received(
                            "evt_\(number / 4 % 10)", for: TenantID(rawValue: "ten_\(number / 40 % 5)"),
                            livemode: number / 200 == 1)
                        return try await inboxes[number % 2].record(event) == .duplicate ? 0 : 1
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(stored == 100)
            #expect(try await inboxes[0].count(EventSelection()) == 100)
            #expect(try await queue.jobs(limit: 1000).count == 100)
        }
    }
}

extension EventInbox {
    func recordTogether(_ events: [ReceivedEvent]) async throws -> [RecordOutcome] {
        try await resultsTogether(events).map { try $0.get() }
    }

    /// Holds up the leaders of the groups until all events wait behind them.
    func resultsTogether(_ events: [ReceivedEvent]) async -> [Result<RecordOutcome, any Error>] {
        let held = DispatchSemaphore(value: 0)
        let begun = Signals(of: Void.self)
        return await withTaskGroup(of: (Int, Result<RecordOutcome, any Error>)?.self) { group in
            struct Held: Error {}
            let leaders = database.dialect == .sqlite ? 1 : 3
            for number in 0..<leaders {
                group.addTask {
                    let plug = received("plug_\(number)") { _ in
                        begun.send()
                        held.wait()
                        throw Held()
                    }
                    _ = try? await record(plug)
                    return nil
                }
            }
            _ = try? await begun.next(leaders)
            for (number, event) in events.enumerated() {
                group.addTask {
                    begun.send()
                    do { return (number, .success(try await record(event))) } catch { return (number, .failure(error)) }
                }
            }
            _ = try? await begun.next(events.count)
            for _ in 0..<leaders { held.signal() }
            var results: [Int: Result<RecordOutcome, any Error>] = [:]
            for await case let (number, result)? in group { results[number] = result }
            return events.indices.compactMap { results[$0] }
        }
    }
}
