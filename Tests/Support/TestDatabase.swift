package import Database
import Foundation
import Logging

/// A database of a test's own.
package struct TestDatabase: Sendable {
    package let engine: Engine
    package let database: Database
    package let url: DatabaseURL
    package let clock: TestClock

    package func advance(by duration: Duration) async throws { try await clock.advance(by: duration, in: database) }

    /// The same data as another process would open it.
    package func openAgain() throws -> Database { try TestDatabase.open(url, clock: clock) }

    static func open(_ url: DatabaseURL, clock: TestClock) throws -> Database {
        var options = DatabaseOptions()
        options.readers = 2
        options.connections = 3
        options.clock = { clock.now }
        var logger = Logger(label: "test.database", factory: { _ in SwiftLogNoOpLogHandler() })
        logger.logLevel = .critical
        return try Database.open(url, options: options, logger: logger)
    }
}

private let turnstile = Turnstile(places: 12)

/// Makes a fresh database on `engine`, migrates it, hands it to `body`, and removes it.
package func withDatabase<Result>(
    on engine: Engine, migrations: [Migration] = [], _ body: (TestDatabase) async throws -> Result
) async throws -> Result {
    await turnstile.enter()
    defer { turnstile.leave() }
    let place = try TestPlace.make(for: engine)
    let clock = TestClock()
    let database = try TestDatabase.open(place.url, clock: clock)
    do {
        _ = try await database.migrate(migrations)
        if engine == .postgres { try await clock.install(in: database) }
        let result = try await body(
            TestDatabase(engine: engine, database: database, url: place.url, clock: clock))
        await database.close()
        place.remove()
        return result
    } catch {
        await database.close()
        place.remove()
        throw error
    }
}
