import Database
import Logging
import TestSupport

@testable import Messaging

/// A database's clock that stands still and tells when it is asked: what a worker does that nobody sees otherwise.
struct WatchedClock {
    private let asked = Signals(of: ContinuousClock.Instant.self)

    /// When it was asked next.
    func next(_ count: Int) async throws -> [ContinuousClock.Instant] { try await asked.next(count) }

    func next() async throws -> ContinuousClock.Instant { try await asked.next() }

    /// Hands `body` a queue with this clock, on SQLite, and another one on the same data.
    func withQueues(_ body: (JobQueue, JobQueue) async throws -> Void) async throws {
        try await withDatabase(on: .sqlite, migrations: MessagingSchema.migrations) { test in
            guard case .sqlite(let path) = test.url else { return }
            var options = DatabaseOptions()
            options.clock = {
                asked.send(.now)
                return TestClock.start
            }
            let database = try Database.open(.sqlite(path: path), options: options, logger: quiet)
            do {
                try await body(JobQueue(database), JobQueue(test.database))
            } catch {
                await database.close()
                throw error
            }
            await database.close()
        }
    }
}

extension [ContinuousClock.Instant] {
    /// From each to the next.
    var gaps: [Duration] { zip(self, dropFirst()).map { $0.duration(to: $1) } }
}
