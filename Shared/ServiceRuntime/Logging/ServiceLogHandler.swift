import FoundationEssentials
import Logging

/// Turns log events into lines.
struct ServiceLogHandler: LogHandler {
    let label: String
    let format: LogFormat
    /// Where a finished line goes.
    let write: @Sendable ([UInt8]) -> Void
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var merged = metadata
        if let provided = metadataProvider?.get() { merged.merge(provided) { $1 } }
        if let error = event.error { merged["error"] = "\(error)" }
        if let given = event.metadata { merged.merge(given) { $1 } }
        write(format.line(event, logger: label, metadata: merged, at: Date()))
    }
}
