import Database
import Messaging
import TestSupport
import Testing

@Suite struct ReplayTests {
    private static func job(for event: EventRow) throws -> NewJob {
        try applying(event.id, for: event.tenant)
    }

    /// One step: how many events it saw and replayed, and where the next one goes on.
    private func replay(
        _ selection: EventSelection, in inbox: EventInbox, after last: EventID? = nil, limit: Int = 1000
    ) async throws -> (seen: Int, replayed: Int, last: EventID?) {
        let page = try await inbox.replayPage(of: selection, after: last, limit: limit)
        let replayed = try await inbox.database.write {
            try EventInbox.replay(page.events, of: selection, job: Self.job, in: $0)
        }
        return (page.events.count, replayed, page.last)
    }

    /// Ten events, a second apart, applied: the even ones of type `a`, the odd ones of `b`; 0 to 4 of one tenant.
    private func fill(_ inbox: EventInbox, _ queue: JobQueue, _ test: TestDatabase) async throws -> [EventID] {
        var ids: [EventID] = []
        for number in 0..<10 {
            ids.append(
                try await inbox.add(
                    received("evt_\(number)", for: number < 5 ? tenant : otherTenant, type: number % 2 == 0 ? "a" : "b")
                ))
            try await test.advance(by: .seconds(1))
        }
        try await queue.settle(.applied)
        return ids
    }

    static let start = TestClock.start
    static let selections: [(EventSelection, Set<Int>)] = [
        (EventSelection(), Set(0..<10)),
        (EventSelection(type: "a"), [0, 2, 4, 6, 8]),
        (EventSelection(tenant: otherTenant), [5, 6, 7, 8, 9]),
        (EventSelection(tenant: tenant, type: "b"), [1, 3]),
        (EventSelection(receivedFrom: start + 3_000_000), Set(3..<10)),
        (EventSelection(receivedBefore: start + 3_000_000), [0, 1, 2]),
        (EventSelection(receivedFrom: start + 3_000_000, receivedBefore: start + 6_000_000), [3, 4, 5]),
        (EventSelection(state: .applied), Set(0..<10)),
        (EventSelection(state: .failed), []),
        (EventSelection(tenant: TenantID(rawValue: "ten_none")), []),
    ]

    @Test(arguments: Engine.all, selections.indices)
    func `exactly the selected events get a job, behind live traffic`(on engine: Engine, _ index: Int) async throws {
        let (selection, expected) = Self.selections[index]
        try await withInbox(on: engine) { inbox, queue, test in
            let ids = try await fill(inbox, queue, test)
            #expect(try await inbox.count(selection) == expected.count)
            let step = try await replay(selection, in: inbox)
            #expect((step.seen, step.replayed) == (expected.count, expected.count))
            #expect(step.last == nil)
            let pending = try await inbox.events(EventSelection(state: .pending), limit: 100).map(\.id)
            #expect(Set(pending) == Set(expected.map { ids[$0] }))
            let jobs = try await queue.jobs(JobFilter(state: "ready"), limit: 100)
            #expect(jobs.count == expected.count)
            #expect(jobs.allSatisfy { $0.priority == .low })
            let live = try await queue.add(try MessagingTests.job("live", for: otherTenant))
            try await queue.operate { try JobQueue.pause(LaneSelector(tenant: tenant), in: $0) }
            #expect(try await queue.claimOne([applyKind, kind]).id == live)
        }
    }

    @Test(arguments: Engine.all)
    func `single events are replayed by their ids`(on engine: Engine) async throws {
        try await withInbox(on: engine) { inbox, queue, test in
            let ids = try await fill(inbox, queue, test)
            #expect(try await replay(EventSelection(ids: [ids[4]]), in: inbox).replayed == 1)
            let some = EventSelection(ids: [ids[9], ids[1], EventID.new()], tenant: otherTenant)
            #expect(try await replay(some, in: inbox).replayed == 1)
            let pending = try await inbox.events(EventSelection(state: .pending), limit: 100)
            #expect(pending.map(\.id) == [ids[9], ids[4]])
            // Applied by its job, it may be replayed again.
            try await queue.settle(.applied)
            #expect(try await replay(EventSelection(ids: [ids[4]]), in: inbox).replayed == 1)
        }
    }

    @Test(arguments: Engine.all, EventState.allCases)
    func `pending events have a job already, kept ones never get one`(
        on engine: Engine, _ state: EventState
    ) async throws {
        try await withInbox(on: engine) { inbox, queue, _ in
            let id = try await inbox.add(received("evt_1", state: state == .kept ? .kept : .pending))
            if state != .kept, state != .pending { try await queue.settle(state) }
            let jobs = try await queue.states().count
            let isPassedOver = state == .pending || state == .kept
            for selection in [EventSelection(), EventSelection(ids: [id]), EventSelection(state: state)] {
                let step = try await replay(selection, in: inbox)
                #expect(step.replayed == (isPassedOver ? 0 : 1))
                #expect(step.seen == 1)
                // One that failed has its dead letter back.
                #expect(try await queue.states().count == jobs + (state == .failed ? 0 : step.replayed))
                if step.replayed == 1 { try await queue.settle(state) }
                if !isPassedOver { return }
            }
            #expect(try await inbox.events(limit: 1).map(\.state) == [state.rawValue])
        }
    }

    @Test(arguments: Engine.all)
    func `a replay that is broken off and begun again does nothing twice`(on engine: Engine) async throws {
        struct Broken: Error {}
        try await withInbox(on: engine) { inbox, queue, test in
            _ = try await fill(inbox, queue, test)
            let first = try await replay(EventSelection(), in: inbox, limit: 4)
            #expect((first.seen, first.replayed) == (4, 4))
            let last = try #require(first.last)
            // Its second step dies before the commit.
            let second = try await inbox.replayPage(of: EventSelection(), after: last, limit: 4)
            await #expect(throws: Broken.self) {
                try await inbox.database.write { connection in
                    _ = try EventInbox.replay(second.events, of: EventSelection(), job: Self.job, in: connection)
                    throw Broken()
                }
            }
            #expect(try await inbox.count(EventSelection(state: .pending)) == 4)
            // From the start: what was replayed waits still, and is passed over.
            let again = try await replay(EventSelection(), in: inbox, limit: 4)
            #expect((again.seen, again.replayed, again.last) == (4, 0, last))
            var (seen, replayed, at) = (0, 0, again.last)
            while let last = at {
                let step = try await replay(EventSelection(), in: inbox, after: last, limit: 4)
                (seen, replayed, at) = (seen + step.seen, replayed + step.replayed, step.last)
            }
            #expect((seen, replayed) == (6, 6))
            #expect(try await queue.jobs(JobFilter(state: "ready"), limit: 100).count == 10)
        }
    }

    @Test(arguments: Engine.all)
    func `two replays at once give each event one job`(on engine: Engine) async throws {
        try await withInbox(on: engine) { inbox, queue, test in
            _ = try await fill(inbox, queue, test)
            let other = EventInbox(try test.openAgain())
            let replayed = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<6 {
                    let mine = number.isMultiple(of: 2) ? inbox : other
                    group.addTask { try await replay(EventSelection(), in: mine).replayed }
                }
                return try await group.reduce(0, +)
            }
            #expect(replayed == 10)
            await other.database.close()
        }
    }

    @Test(arguments: Engine.all)
    func `an event that failed gets its dead letter back, and no second job`(on engine: Engine) async throws {
        try await withInbox(on: engine) { inbox, queue, _ in
            let id = try await inbox.add(received("evt_1"))
            try await queue.settle(.failed)
            let letter = try #require(try await queue.jobs(JobFilter(state: "dead"), limit: 2).first)
            #expect(try await replay(EventSelection(state: .failed), in: inbox).replayed == 1)
            let jobs = try await queue.jobs(limit: 9)
            #expect(jobs.map(\.id) == [letter.id])
            #expect((jobs[0].state, jobs[0].attempt, jobs[0].priority) == ("ready", 0, .low))
            #expect(try await inbox.events(limit: 1).map(\.state) == ["pending"])
            // An operator with an old list in hand.
            await #expect(throws: QueueRefusal.self) {
                try await queue.operate { try JobQueue.retryDead(letter.id, in: $0) }
            }
            try await queue.settle(.applied)
            #expect(try await replay(EventSelection(ids: [id]), in: inbox).replayed == 1)
            #expect(try await queue.jobs(limit: 9).map(\.state) == ["ready", "done"])
        }
    }

    @Test(arguments: Engine.all)
    func `a page looks through a part of the inbox, however rare the selected are`(on engine: Engine) async throws {
        try await withInbox(on: engine) { inbox, queue, test in
            _ = try await fill(inbox, queue, test)
            _ = try await inbox.add(received("evt_10", type: "rare"))
            // Of one millisecond, they are in no order.
            let ids = try await inbox.events(limit: 20).map(\.id).reversed() as [EventID]
            var (pages, at, found) = (0, EventID?.none, [EventID]())
            repeat {
                let page = try await inbox.replayPage(of: EventSelection(type: "rare"), after: at, limit: 5, slice: 4)
                (pages, at, found) = (pages + 1, page.last, found + page.events)
                #expect(at == nil || at == ids[4 * pages - 1])
            } while at != nil
            #expect((pages, found.count) == (3, 1))
            // A full page ends with its last event, not with the slice.
            let full = try await inbox.replayPage(of: EventSelection(), after: nil, limit: 2, slice: 4)
            #expect((full.events, full.last) == (Array(ids[..<2]), ids[1]))
        }
    }
}
