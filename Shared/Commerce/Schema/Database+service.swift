package import Database
package import Logging

/// What a service asks of its database.
extension Database {
    /// Opens the database that a service is to work on. A PostgreSQL server need not be up yet.
    /// - Throws: why the service cannot work on it, now or later: it cannot be opened, or it holds an unfinished copy of
    ///   another database.
    package static func openForService(
        _ url: DatabaseURL, options: DatabaseOptions, logger: Logger
    ) async throws(DatabaseError) -> Database {
        let database = try open(url, options: options, logger: logger)
        do {
            try await database.read { _ in }
        } catch let error as DatabaseError where error.code == .unfinishedCopy {
            await database.close()
            throw error
        } catch {
            // It may be there later; until then the service is not ready.
        }
        return database
    }

    /// Why a service is not ready to work on it; nil when it is.
    package func faultForService() async -> String? {
        do {
            let missing = try await pending(Schema.migrations)
            return missing.isEmpty ? nil : "\(missing.count) migrations are missing; run checkoutctl migrate"
        } catch {
            return "\(error)"
        }
    }
}
