package import Logging
import Synchronization

/// The process's log: one event a line on standard output.
package enum Logs {
    private static let isBootstrapped = Mutex(false)

    /// Makes every `Logger` of the process write to standard output. Only the first call counts: a logging system cannot
    /// be replaced once it is in use.
    package static func bootstrap(level: Logger.Level, format: LogFormat) {
        let isFirst = isBootstrapped.withLock { done in
            defer { done = true }
            return !done
        }
        guard isFirst else { return }
        LoggingSystem.bootstrap { label in
            handler(label, level, format) { LineWriter.standardOutput.write($0) }
        }
    }

    /// A logger whose lines go to `write` instead of standard output, for tests.
    package static func logger(
        label: String, level: Logger.Level = .trace, format: LogFormat = .json,
        write: @escaping @Sendable ([UInt8]) -> Void
    ) -> Logger {
        Logger(label: label) { handler($0, level, format, write) }
    }

    private static func handler(
        _ label: String, _ level: Logger.Level, _ format: LogFormat, _ write: @escaping @Sendable ([UInt8]) -> Void
    ) -> ServiceLogHandler {
        ServiceLogHandler(label: label, format: format, write: write, logLevel: level)
    }
}
