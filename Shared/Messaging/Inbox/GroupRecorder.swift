import Database
import DequeModule
import Synchronization

/// Stores events in groups: while one group is being committed, the next one gathers, so that a sync and a transaction's
/// round trips are shared by all that came meanwhile, and an event that comes alone does not wait.
///
/// There is no thread of its own: the caller that finds no leader leads one group, its own event in it, and hands the
/// lead to a caller of the next group before it returns.
final class GroupRecorder: Sendable {
    private let database: Database
    private let state = Mutex(State())
    private let leaderLimit: Int
    private static let groupLimit = 256

    private struct State {
        var waiting: Deque<Entry> = []
        var leaders = 0
    }

    private struct Entry: Sendable {
        let event: ReceivedEvent
        let continuation: CheckedContinuation<Turn, Never>
    }

    /// What a waiting caller is told.
    private enum Turn: Sendable {
        case answered(Result<RecordOutcome, any Error>)
        case lead
    }

    init(_ database: Database) {
        self.database = database
        // SQLite has one writer; PostgreSQL commits several groups at once.
        leaderLimit = database.dialect == .sqlite ? 1 : 4
    }

    func record(_ event: ReceivedEvent) async throws -> RecordOutcome {
        if takeLead() { return try await lead(with: event) }
        switch await wait(with: event) {
        case .answered(let result): return try result.get()
        case .lead: return try await lead(with: event)
        }
    }

    private func takeLead() -> Bool {
        state.withLock { state in
            guard state.leaders < leaderLimit else { return false }
            state.leaders += 1
            return true
        }
    }

    private func wait(with event: ReceivedEvent) async -> Turn {
        await withCheckedContinuation { continuation in
            let leadsNow = state.withLock { state in
                // A leader may have left between the caller's question and now.
                if state.leaders < leaderLimit {
                    state.leaders += 1
                    return true
                }
                state.waiting.append(Entry(event: event, continuation: continuation))
                return false
            }
            if leadsNow { continuation.resume(returning: .lead) }
        }
    }

    private func lead(with event: ReceivedEvent) async throws -> RecordOutcome {
        let followers = state.withLock { state in
            let count = min(Self.groupLimit - 1, state.waiting.count)
            let taken = Array(state.waiting.prefix(count))
            state.waiting.removeFirst(count)
            return taken
        }
        let results = await store([event] + followers.map(\.event))
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

    private func store(_ events: [ReceivedEvent]) async -> [Result<RecordOutcome, any Error>] {
        do {
            return try await database.write { connection in
                try events.map { .success(try EventInbox.record($0, in: connection)) }
            }
        } catch {
            guard events.count > 1, Self.isOneEventsFault(error) else { return events.map { _ in .failure(error) } }
            // One bad event must not fail its neighbours: each alone.
            var results: [Result<RecordOutcome, any Error>] = []
            for event in events { results.append(await store([event])[0]) }
            return results
        }
    }

    private static func isOneEventsFault(_ error: any Error) -> Bool {
        switch (error as? DatabaseError)?.code {
        case .constraint, .misuse, nil: true
        default: false
        }
    }
}
