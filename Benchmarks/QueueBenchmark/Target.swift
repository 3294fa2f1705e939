import ArgumentParser
import Database
import Logging
import Messaging

/// The database that a command works on.
struct Target: ParsableArguments {
    @Option(help: "sqlite:PATH or postgres://…; it is migrated")
    var url: String

    /// Hands out a queue on the migrated database and closes it at the end.
    func withQueue<Result>(_ body: (JobQueue) async throws -> Result) async throws -> Result {
        let database = try Database.open(try DatabaseURL(parsing: url), logger: Self.logger)
        do {
            _ = try await database.migrate(MessagingSchema.migrations)
            let result = try await body(JobQueue(database))
            await database.close()
            return result
        } catch {
            await database.close()
            throw error
        }
    }

    /// Standard output is for figures.
    static let logger: Logger = {
        var logger = Logger(label: "queue-benchmark") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .warning
        return logger
    }()
}

/// The queue did what it should not: then its figures say nothing.
struct WrongResult: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
