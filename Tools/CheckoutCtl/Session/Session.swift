import Commerce
import Database
import Foundation
import Logging
import Security
import StripeClient
import TenantStripe

/// What a command works with, from its start to its end.
struct Session: Sendable {
    let settings: Settings
    let database: Database
    let output: Output
    let logger: Logger

    /// Opens what is needed, runs `body` and closes it again.
    /// - Parameter needsSchema: refuse a database that lacks migrations, instead of failing on a missing table.
    static func run(
        _ options: CommonOptions, needsSchema: Bool, _ body: (Session) async throws -> Void
    ) async throws {
        let settings = try Settings(options.settings, environment: ProcessInfo.processInfo.environment)
        let logger = Self.logger
        let database = try Database.open(settings.database, options: Self.databaseOptions, logger: logger)
        let session = Session(
            settings: settings, database: database, output: Output(json: options.json), logger: logger)
        do {
            if needsSchema { try await session.checkSchema() }
            try await body(session)
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }

    /// The key ring, for commands that seal or open secrets.
    var keys: KeyRing {
        get throws {
            guard let keys = settings.keys else {
                throw CommandFailure.usage(
                    "CHECKOUT_MASTER_KEYS: not set; set it to what the services run with, or make one: "
                        + "echo \"k1:$(openssl rand -base64 32)\"")
            }
            return keys
        }
    }

    /// Runs `body` with a client for Stripe.
    func withStripe<T>(retries: Int = 2, _ body: (StripeClient) async throws -> T) async throws -> T {
        try await StripeConnection.with(
            base: settings.stripeAPIBase, retries: retries, pacing: SharedPacing(SharedPace(database: database)),
            logger: logger, body)
    }

    private func checkSchema() async throws {
        let missing = try await database.pending(Schema.migrations)
        guard missing.isEmpty else {
            throw CommandFailure.failed(
                "The database \(settings.database.masked) lacks \(missing.count) of this program's migrations: "
                    + "run 'checkoutctl migrate'.")
        }
    }

    /// One command does one thing after another.
    private static var databaseOptions: DatabaseOptions {
        var options = DatabaseOptions()
        options.readers = 1
        options.connections = 1
        return options
    }

    /// Standard output is for results; what modules have to say goes beside it.
    static var logger: Logger {
        var logger = Logger(label: "checkoutctl") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .error
        return logger
    }
}
