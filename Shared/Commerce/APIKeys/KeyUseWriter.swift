package import Logging
import ServiceLifecycle

/// Writes the keys' last uses down now and then, and once more when the program stops. One a program that authenticates.
package struct KeyUseWriter: Service {
    private let store: APIKeyStore
    private let interval: Duration
    private let logger: Logger

    package init(store: APIKeyStore, interval: Duration = .seconds(20), logger: Logger) {
        self.store = store
        self.interval = interval
        self.logger = logger
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await Task.sleep(for: interval)
                } catch {
                    break
                }
                await write()
            }
        }
        await write()
    }

    private func write() async {
        do {
            try await store.writeLastUses()
        } catch {
            logger.warning("Last uses of API keys not written; tried again", metadata: ["error": "\(error)"])
        }
    }
}
