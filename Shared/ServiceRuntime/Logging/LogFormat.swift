import FoundationEssentials
import Logging

/// How log lines are written.
package enum LogFormat: String, Sendable, CaseIterable {
    /// One JSON object a line, for machines.
    case json
    /// `12:03:04.123 INFO  checkout-api: Request route=/v1/orders`, for people.
    case text
}

extension LogFormat {
    /// One line, its newline included.
    func line(_ event: LogEvent, logger: String, metadata: Logger.Metadata, at time: Date) -> [UInt8] {
        let sorted = metadata.sorted { $0.key < $1.key }
        return switch self {
        case .json: Self.json(event, logger, sorted, time)
        case .text: Self.text(event, logger, sorted, time)
        }
    }

    private static func timestamp(_ time: Date) -> String {
        time.ISO8601Format(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    // MARK: JSON

    private static let reserved: Set<String> = ["time", "level", "logger", "message"]

    private static func json(
        _ event: LogEvent, _ logger: String, _ metadata: [(key: String, value: Logger.MetadataValue)], _ time: Date
    ) -> [UInt8] {
        var json = JSONText()
        json.object { line in
            line.member("time", timestamp(time))
            line.member("level", event.level.rawValue)
            line.member("logger", logger)
            line.member("message", "\(event.message)")
            for (key, value) in metadata {
                // One key must not occur twice in an object.
                line.key(reserved.contains(key) ? "metadata.\(key)" : key)
                write(value, to: &line)
            }
        }
        return json.bytes + [UInt8(ascii: "\n")]
    }

    private static func write(_ value: Logger.MetadataValue, to json: inout JSONText) {
        switch value {
        case .string(let string): json.string(string)
        case .stringConvertible(let convertible): json.string("\(convertible)")
        case .array(let values):
            json.array { for value in values { write(value, to: &$0) } }
        case .dictionary(let values):
            json.object { object in
                for (key, value) in values.sorted(by: { $0.key < $1.key }) {
                    object.key(key)
                    write(value, to: &object)
                }
            }
        }
    }

    // MARK: Text

    private static func text(
        _ event: LogEvent, _ logger: String, _ metadata: [(key: String, value: Logger.MetadataValue)], _ time: Date
    ) -> [UInt8] {
        // The time of day alone: `12:03:04.123`.
        let clock = timestamp(time).dropFirst(11).dropLast()
        let level = event.level.rawValue.uppercased()
        let pad = String(repeating: " ", count: max(0, 8 - level.count))
        var line = "\(clock) \(level)\(pad) \(logger): \(event.message)"
        for (key, value) in metadata { line += " \(key)=\(quotedIfNeeded("\(value)"))" }
        // Whatever the message holds, an event is one line.
        let flat = line.map { $0.isNewline ? "⏎" : $0 }
        return Array((String(flat) + "\n").utf8)
    }

    private static func quotedIfNeeded(_ value: String) -> String {
        guard value.isEmpty || value.contains(where: { $0.isWhitespace || $0 == "\"" }) else { return value }
        var json = JSONText()
        json.string(value)
        return json.text
    }
}
