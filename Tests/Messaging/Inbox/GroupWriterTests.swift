import Database
import Dispatch
import Synchronization
import TestSupport
import Testing

@testable import Messaging

/// The group writer alone: what it makes of a store that refuses.
@Suite(.timeLimit(.minutes(2))) struct GroupWriterTests {
    private struct Bad: Error {}

    /// Writes 0 to `count` - 1 while one group is held up, so that the others gather.
    private func write(
        _ count: Int, on test: TestDatabase, store: @escaping @Sendable ([Int]) throws -> Void
    ) async -> (results: [Int: Result<Int, any Error>], groups: [[Int]]) {
        let groups = Mutex<[[Int]]>([])
        let held = DispatchSemaphore(value: 0)
        let begun = Signals(of: Void.self)
        let writer = GroupWriter<Int, Int>(test.database) { items, _ in
            if items.allSatisfy({ $0 < 0 }) {
                begun.send()
                held.wait()
            }
            groups.withLock { $0.append(items) }
            try store(items)
            return items.map { $0 * 2 }
        }
        let leaders = test.engine == .sqlite ? 1 : 3
        let results = await withTaskGroup(of: (Int, Result<Int, any Error>).self) { group in
            for number in 1...leaders { group.addTask { (-number, await Self.result(of: -number, writer)) } }
            _ = try? await begun.next(leaders)
            for number in 0..<count {
                group.addTask {
                    begun.send()
                    return (number, await Self.result(of: number, writer))
                }
            }
            _ = try? await begun.next(count)
            for _ in 0..<leaders { held.signal() }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        return (results, groups.withLock { $0 })
    }

    @Test(arguments: Engine.all)
    func `what would wait beyond the room is refused at once, and what waits is written`(
        on engine: Engine
    ) async throws {
        try await withDatabase(on: engine) { test in
            let (held, begun) = (DispatchSemaphore(value: 0), Signals(of: Void.self))
            let writer = GroupWriter<Int, Int>(test.database, room: 10, size: { abs($0) }) { items, _ in
                if items.contains(where: { $0 < 0 }) {
                    begun.send()
                    held.wait()
                }
                return items
            }
            let leaders = test.engine == .sqlite ? 1 : 4
            try await withThrowingTaskGroup(of: Int.self) { group in
                // One after the other: else one would wait for another's lead.
                for leader in 1...leaders {
                    group.addTask { try await writer.write(-1) }
                    while writer.leaders < leader { await Task.yield() }
                }
                _ = try await begun.next(1)
                group.addTask { try await writer.write(7) }
                while writer.waiting < 7 { await Task.yield() }
                await #expect {
                    _ = try await writer.write(4)
                } throws: {
                    ($0 as? DatabaseError)?.code == .busy
                }
                group.addTask { try await writer.write(3) }
                while writer.waiting < 10 { await Task.yield() }
                for _ in 0..<leaders { held.signal() }
                #expect(try await group.reduce(0, +) == 10 - leaders)
                #expect(try await writer.write(5) == 5)
            }
        }
    }

    private static func result(of item: Int, _ writer: GroupWriter<Int, Int>) async -> Result<Int, any Error> {
        do { return .success(try await writer.write(item)) } catch { return .failure(error) }
    }

    @Test(arguments: Engine.all)
    func `each caller gets its own answer, many of one transaction`(on engine: Engine) async throws {
        try await withDatabase(on: engine) { test in
            let (results, groups) = await write(600, on: test) { _ in }
            let answers = try (0..<600).map { try results[$0]?.get() }
            #expect(answers == (0..<600).map { $0 * 2 })
            let written = groups.flatMap(\.self).filter { $0 >= 0 }
            #expect(written.sorted() == Array(0..<600))
            #expect(groups.count < 300)
            #expect(groups.allSatisfy { $0.count <= 256 })
        }
    }

    @Test(arguments: Engine.all)
    func `one bad item fails alone, also the one that leads`(on engine: Engine) async throws {
        try await withDatabase(on: engine) { test in
            let (results, _) = await write(200, on: test) { items in
                if items.contains(where: { $0 % 50 == 7 || $0 == 0 }) { throw Bad() }
            }
            for number in 0..<200 {
                if number % 50 == 7 || number == 0 {
                    #expect(throws: Bad.self) { try results[number]?.get() }
                } else {
                    let answer = try results[number]?.get()
                    #expect(answer == number * 2)
                }
            }
        }
    }

    @Test(arguments: Engine.all)
    func `a fault of the database fails the group, at once and whole`(on engine: Engine) async throws {
        try await withDatabase(on: engine) { test in
            let (results, groups) = await write(50, on: test) { items in
                if items.contains(where: { $0 >= 0 }) { throw DatabaseError(.diskFull, "full") }
            }
            for number in 0..<50 { #expect(throws: DatabaseError.self) { try results[number]?.get() } }
            // None of them is tried once more: that would take a full disk fifty more tries to say so.
            #expect(groups.flatMap(\.self).count(where: { $0 >= 0 }) == 50)
        }
    }
}
