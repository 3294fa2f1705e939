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
    private let state = Mutex(State())
    private let leaderLimit: Int
    private let groupLimit = 256

    private struct State {
        var waiting: Deque<Entry> = []
        var leaders = 0
    }

    private struct Entry: Sendable {
        let item: Item
        let continuation: CheckedContinuation<Turn, Never>
    }

    /// What a waiting caller is told.
    private enum Turn: Sendable {
        case answered(Result<Output, any Error>)
        case lead
    }

    /// - Parameter store: writes a group in one transaction; an output for each item. It may run again, in parts.
    init(_ database: Database, store: @escaping @Sendable (_ items: [Item], Connection) throws -> [Output]) {
        self.database = database
        self.store = store
        // SQLite has one writer; PostgreSQL commits several groups at once.
        leaderLimit = database.dialect == .sqlite ? 1 : 4
    }

    /// - Throws: what storing this item throws; then nothing of it is stored, unless a `DatabaseError` says
    ///   `.commitUnknown`.
    func write(_ item: Item) async throws -> Output {
        if takeLead() { return try await lead(with: item) }
        switch await wait(with: item) {
        case .answered(let result): return try result.get()
        case .lead: return try await lead(with: item)
        }
    }

    private func takeLead() -> Bool {
        state.withLock { state in
            guard state.leaders < leaderLimit else { return false }
            state.leaders += 1
            return true
        }
    }

    private func wait(with item: Item) async -> Turn {
        await withCheckedContinuation { continuation in
            let leadsNow = state.withLock { state in
                // A leader may have left between the caller's question and now.
                if state.leaders < leaderLimit {
                    state.leaders += 1
                    return true
                }
                state.waiting.append(Entry(item: item, continuation: continuation))
                return false
            }
            if leadsNow { continuation.resume(returning: .lead) }
        }
    }

    private func lead(with item: Item) async throws -> Output {
        let followers = state.withLock { state in
            let count = min(groupLimit - 1, state.waiting.count)
            let taken = Array(state.waiting.prefix(count))
            state.waiting.removeFirst(count)
            return taken
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
            let next = state.waiting.popFirst()
            if next == nil { state.leaders -= 1 }
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

    private static func isOneItemsFault(_ error: any Error) -> Bool {
        switch (error as? DatabaseError)?.code {
        case .constraint, .misuse, nil: true
        default: false
        }
    }
}
