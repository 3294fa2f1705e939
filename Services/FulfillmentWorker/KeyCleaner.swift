import Commerce
import Database
import Logging
import ServiceLifecycle

/// Removes idempotency keys whose day is over, a few at a time, so that no request waits for it.
struct KeyCleaner: Service {
    let database: Database
    var interval: Duration = .seconds(600)
    var batch = 500
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await removeExpired()
                    try await Task.sleep(for: interval)
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("Old idempotency keys could not be removed", metadata: ["error": "\(error)"])
                    try? await Task.sleep(for: interval)
                }
            }
        }
    }

    func removeExpired() async throws {
        var removed = batch
        while removed == batch {
            try Task.checkCancellation()
            removed = try await database.write { try IdempotencyStore.removeExpired(limit: batch, in: $0) }
        }
    }
}
