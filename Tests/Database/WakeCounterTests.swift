import Dispatch
import Foundation
import TestSupport
import Testing

@testable import Database

/// SQLite's part: the counter in the file beside the database.
@Suite(.timeLimit(.minutes(1))) struct WakeCounterTests {
    @Test func `a counter tells others' rings from its own`() async throws {
        try await withCounters { mine, theirs in
            let start = mine.reading()
            mine.ring()
            #expect(mine.reading().value == start.value &+ 1)
            #expect(mine.reading().others == start.others)
            theirs.ring()
            #expect(mine.reading().others == start.others &+ 1)
            #expect(theirs.reading().others != start.others)
        }
    }

    @Test func `nobody sleeps beyond a ring that came before the sleep`() async throws {
        try await withCounters { mine, theirs in
            let asleep = ContinuousClock.now
            for _ in 0..<40 {
                let start = mine.reading()
                theirs.ring()
                mine.wait(beyond: start)
            }
            // A sleep lasts a second.
            #expect(asleep.duration(to: .now) < .seconds(20))
        }
    }

    @Test func `a watcher that is stopped sleeps no more`() async throws {
        try await withDatabase(on: .sqlite) { test in
            guard case .sqlite(let path) = test.url else { return }
            let hub = WakeUpHub()
            let bell = try SQLiteBell(database: path)
            let asleep = ContinuousClock.now
            for _ in 0..<40 {
                var wakeUps = hub.stream(on: "things").makeAsyncIterator()
                let watcher = SQLiteWatcher(bell: bell, hub: hub)
                let thread = DispatchGroup()
                DispatchQueue.global().async(group: thread) { watcher.serve() }
                // Once it has woken somebody, it is on its way into its sleep.
                try WakeCounter(path: path + "-wake", database: path).ring()
                await wakeUps.next()
                watcher.stop()
                await withCheckedContinuation { end in thread.notify(queue: .global()) { end.resume() } }
            }
            #expect(asleep.duration(to: .now) < .seconds(20))
        }
    }

    @Test func `the file is its owner's alone and holds four bytes`() async throws {
        try await withDatabase(on: .sqlite) { test in
            guard case .sqlite(let path) = test.url else { return }
            let attributes = try FileManager.default.attributesOfItem(atPath: path + "-wake")
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            #expect(attributes[.size] as? Int == 4)
        }
    }

    @Test func `a database whose wake-up file was removed wakes those who came later`() async throws {
        try await withDatabase(on: .sqlite) { test in
            guard case .sqlite(let path) = test.url else { return }
            try FileManager.default.removeItem(atPath: path + "-wake")
            let other = try test.openAgain()
            var wakeUps = other.wakeUps(on: "things").makeAsyncIterator()
            try await test.database.write { $0.wake("things") }
            await wakeUps.next()
            await other.close()
        }
    }

    @Test func `a sleeper notices by itself that its file was replaced`() async throws {
        try await withDatabase(on: .sqlite) { test in
            guard case .sqlite(let path) = test.url else { return }
            var wakeUps = test.database.wakeUps(on: "things").makeAsyncIterator()
            try FileManager.default.removeItem(atPath: path + "-wake")
            await wakeUps.next()
            let other = try test.openAgain()
            try await other.write { $0.wake("things") }
            await wakeUps.next()
            await other.close()
        }
    }

    @Test func `who comes by a link is woken, too`() async throws {
        try await withDatabase(on: .sqlite) { test in
            guard case .sqlite(let path) = test.url else { return }
            let link = path + "-link"
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
            let other = try Database.open(.sqlite(path: link), logger: quiet)
            var wakeUps = other.wakeUps(on: "things").makeAsyncIterator()
            try await test.database.write { $0.wake("things") }
            await wakeUps.next()
            await other.close()
        }
    }

    @Test func `a wake-up file that cannot be used is told at the start`() async throws {
        try await withDatabase(on: .sqlite) { test in
            guard case .sqlite(let path) = test.url else { return }
            try FileManager.default.removeItem(atPath: path + "-wake")
            try FileManager.default.createDirectory(atPath: path + "-wake", withIntermediateDirectories: false)
            let error = #expect(throws: DatabaseError.self) { try test.openAgain() }
            #expect(error?.code == .storage)
            #expect(error?.message.contains("-wake") == true)
        }
    }

    private func withCounters(_ body: @Sendable (WakeCounter, WakeCounter) throws -> Void) async throws {
        try await withDatabase(on: .sqlite) { test in
            guard case .sqlite(let path) = test.url else { return }
            try body(
                WakeCounter(path: path + "-wake", database: path), WakeCounter(path: path + "-wake", database: path))
        }
    }
}
