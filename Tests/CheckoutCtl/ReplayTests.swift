import Commerce
import Database
import Messaging
import TestSupport
import Testing

@testable import CheckoutCtl

@Suite struct ReplayTests {
    private static let tenant = TenantID(rawValue: "ten_1")

    private func fill(_ place: TestDatabase, _ states: [EventState]) async throws {
        try await place.database.write { connection in
            for (number, state) in states.enumerated() {
                _ = try EventInbox.record(.sample(number, of: Self.tenant, state), in: connection)
            }
        }
    }

    private func replay(of selection: EventSelection, _ place: TestDatabase) -> EventReplay {
        EventReplay(
            selection: ReplaySelection(selection, words: "events of type t", after: nil, details: ["type": "t"]),
            reason: "mended",
            database: place.database)
    }

    private func audit(_ place: TestDatabase) async throws -> [AuditEntry] {
        try await place.database.read { try AuditLog.entries(in: $0, limit: 9).map(\.entry) }
    }

    @Test(arguments: Engine.all)
    func `replayed events wait for jobs of low priority, with one entry in the audit log`(
        on engine: Engine
    ) async throws {
        try await withDatabase(on: engine, migrations: Schema.migrations) { place in
            try await fill(place, [.applied, .ignored, .failed, .kept, .pending])
            let tally = try await replay(of: EventSelection(), place).run { _ in true }
            #expect((tally.seen, tally.replayed, tally.isFinished) == (5, 3, true))
            let jobs = try await JobQueue(place.database).jobs(limit: 10)
            #expect(jobs.map(\.priority) == [.low, .low, .low, .normal])
            let states = try await EventInbox(place.database).events(limit: 10).map(\.state)
            #expect(states.sorted() == ["kept", "pending", "pending", "pending", "pending"])
            let entries = try await audit(place)
            #expect(entries.map(\.action) == ["event.replay"])
            #expect(entries.map(\.subject) == ["events of type t"])
            #expect(entries.first?.reason == "mended")
            #expect(
                entries.first?.details
                    == #"{"after":null,"finished":true,"replayed":3,"selected":5,"skipped":2,"type":"t"}"#)
        }
    }

    @Test(arguments: Engine.all)
    func `a long one goes in steps, each of which brings its entry up to date`(on engine: Engine) async throws {
        try await withDatabase(on: engine, migrations: Schema.migrations) { place in
            try await fill(place, Array(repeating: .applied, count: 450))
            var seen: [Int] = []
            let tally = try await replay(of: EventSelection(), place).run {
                seen.append($0.seen)
                return true
            }
            #expect(seen == [0, 200, 400])
            #expect((tally.seen, tally.replayed) == (450, 450))
            #expect(
                try await audit(place).map(\.details)
                    == [#"{"after":null,"finished":true,"replayed":450,"selected":450,"skipped":0,"type":"t"}"#])
        }
    }

    @Test(arguments: Engine.all)
    func `the job of a replay is about what the event's first one was`(on engine: Engine) async throws {
        try await withDatabase(on: engine, migrations: Schema.migrations) { place in
            _ = try await EventInbox(place.database).record(.sample(1, of: Self.tenant, .applied, subject: "ord_1"))
            _ = try await replay(of: EventSelection(), place).run { _ in true }
            #expect(try await JobQueue(place.database).jobs(limit: 9).map(\.subject) == ["ord_1"])
        }
    }

    @Test(arguments: Engine.all)
    func `a stopped one says where, and goes on from there`(on engine: Engine) async throws {
        try await withDatabase(on: engine, migrations: Schema.migrations) { place in
            try await fill(place, Array(repeating: .applied, count: 250))
            let stopped = try await replay(of: EventSelection(), place).run { $0.seen == 0 }
            let stop = try #require(stopped.last)
            #expect(
                stopped.fault(total: 250) == """
                    Stopped by Ctrl-C. 200 of 250 events were done, 200 of them replayed.
                    Go on with the same command and --after \(stop).
                    """)
            #expect(
                try await audit(place).map(\.details)
                    == [#"{"after":null,"finished":false,"replayed":200,"selected":200,"skipped":0,"type":"t"}"#])
            let rest = EventReplay(
                selection: ReplaySelection(EventSelection(), words: "events", after: stop, details: [:]),
                reason: "mended",
                database: place.database)
            let tally = try await rest.run { _ in true }
            #expect((tally.seen, tally.replayed) == (50, 50))
            #expect(try await JobQueue(place.database).jobs(limit: 1000).count == 250)
        }
    }

    @Test(arguments: Engine.all)
    func `nothing selected is said, and is in no log`(on engine: Engine) async throws {
        try await withDatabase(on: engine, migrations: Schema.migrations) { place in
            try await fill(place, [.applied])
            let tally = try await replay(of: EventSelection(type: "other"), place).run { _ in true }
            #expect(tally.text == "There are no such events: nothing was replayed.")
            #expect(try await audit(place).isEmpty)
        }
    }

    @Test func `a tally counts in words`() {
        let one = ReplayTally().adding(seen: 1, replayed: 1, last: nil)
        #expect(one.text == "1 event replayed: their jobs wait behind live ones.")
        let none = ReplayTally().adding(seen: 2, replayed: 0, last: nil)
        #expect(none.text.hasPrefix("Nothing was replayed. 2 left alone"))
        #expect(ReplayTally.forecast(selected: 9, skipped: 2).hasPrefix("7 events would be replayed. 2 left alone"))
        #expect(ReplayTally.forecast(selected: 0, skipped: 0) == "There are no such events: nothing would be replayed.")
        var stopped = ReplayTally()
        stopped.stop("Why.")
        #expect(stopped.fault(total: 5) == "Why. 0 of 5 events were done, 0 of them replayed.\nRun it again.")
    }

    @Test func `progress tells how many of how many, and how fast`() {
        #expect(
            Progress.text(done: 1200, of: 5000, "events", after: .milliseconds(1500))
                == "1200 of 5000 events, 800 per second")
        #expect(Progress.text(done: 0, of: 5000, "events", after: .zero) == "0 of 5000 events")
        #expect(Progress.text(done: 7, of: 5, "events", after: .zero) == "7 of 7 events")
        #expect(Progress.text(done: 7, of: nil, "events", after: .zero) == "7 events")
    }
}
