import Database
import DequeModule
import Synchronization

/// Writes items in groups: while one group is being committed, the next one gathers, so that a sync and a transaction's
/// round trips are shared by all that came meanwhile, and an item that comes alone does not wait.
///
/// There is no thread of its own: the caller that finds no leader leads one group, its own event in it, and hands the
/// lead to a caller of the next group before it returns.
final class GroupWriter<Item: Sendable, Output: Sendable>: Sendable {
    private let database: Database
    private let store: @Sendable (_ items: [Item], Connection) throws -> [Output]
    private let size: @Sendable (Item) -> Int
    private let state = Mutex(State())
    private let leaderLimit: Int
    private let groupLimit = 256
    private let room: Int

    private struct State {
        var waiting: Deque<Entry> = []
        /// The sizes of those that wait, together.
        var size = 0
        var leaders = 0
    }

    private final class Entry: Sendable {
        let item: Item
        let continuation: CheckedContinuation<Turn, Never>

        init(_ item: Item, _ continuation: CheckedContinuation<Turn, Never>) {
            self.item = item
            self.continuation = continuation
        }
    }

    /// What a waiting caller is told.
    private enum Turn: Sendable {
        case answered(Result<Output, any Error>)
        case lead
    }

    /// - Parameters:
    ///   - room: how large all items that wait may be together, as `size` counts them: a database that does not answer
    ///     must not gather them without end.
    ///   - store: writes a group in one transaction; an output for each item. It may run again, in parts.
    init(
        _ database: Database, room: Int = 10_000, size: @escaping @Sendable (Item) -> Int = { _ in 1 },
        store: @escaping @Sendable (_ items: [Item], Connection) throws -> [Output]
    ) {
        self.database = database
        self.room = room
        self.size = size
        self.store = store
        // SQLite has one writer; PostgreSQL commits several groups at once.
        leaderLimit = database.dialect == .sqlite ? 1 : 4
    }

    /// - Throws: what storing this item throws; then nothing of it is stored, unless a `DatabaseError` says
    ///   `.commitUnknown`. `DatabaseError`, code `.busy`: too many wait already.
    func write(_ item: Item) async throws -> Output {
        if takeLead() { return try await lead(with: item) }
        switch await wait(with: item) {
        case .answered(let result): return try result.get()
        case .lead: return try await lead(with: item)
        }
    }

    /// How large all items are that wait for a group.
    var waiting: Int { state.withLock(\.size) }
    /// How many groups are being written.
    var leaders: Int { state.withLock(\.leaders) }

    private func takeLead() -> Bool {
        state.withLock { state in
            guard state.leaders < leaderLimit else { return false }
            state.leaders += 1
            return true
        }
    }

    private func wait(with item: Item) async -> Turn {
        await withCheckedContinuation { continuation in
            let turn: Turn? = state.withLock { state in
                // A leader may have left between the caller's question and now.
                if state.leaders < leaderLimit {
                    state.leaders += 1
                    return .lead
                }
                let size = size(item)
                guard state.size + size <= room else { return .answered(.failure(Self.overload)) }
                state.size += size
                state.waiting.append(Entry(item, continuation))
                return nil
            }
            if let turn { continuation.resume(returning: turn) }
        }
    }

    private func lead(with item: Item) async throws -> Output {
        let followers = state.withLock { state in
            let group = Array(state.waiting.prefix(groupLimit - 1))
            state.waiting.removeFirst(group.count)
            state.size -= group.reduce(0) { $0 + size($1.item) }
            return group
        }
        let results = await results(of: [item] + followers.map(\.item))
        passLeadOn()
        for (follower, result) in zip(followers, results.dropFirst()) {
            follower.continuation.resume(returning: .answered(result))
        }
        return try results[0].get()
    }

    private func passLeadOn() {
        let next = state.withLock { state in
            guard let next = state.waiting.popFirst() else {
                state.leaders -= 1
                return nil as Entry?
            }
            state.size -= size(next.item)
            return next
        }
        next?.continuation.resume(returning: .lead)
    }

    private func results(of items: [Item]) async -> [Result<Output, any Error>] {
        do {
            return try await database.write { [store] in try store(items, $0).map { .success($0) } }
        } catch {
            guard items.count > 1, Self.isOneItemsFault(error) else { return items.map { _ in .failure(error) } }
            // One bad item must not fail its neighbours: each alone.
            var results: [Result<Output, any Error>] = []
            for item in items { results.append(await self.results(of: [item])[0]) }
            return results
        }
    }

    private static var overload: DatabaseError {
        DatabaseError(.busy, "Too much waits for the database: it is overloaded or does not answer.")
    }

    private static func isOneItemsFault(_ error: any Error) -> Bool {
        switch (error as? DatabaseError)?.code {
        case .constraint, .misuse, nil: true
        default: false
        }
    }
}
