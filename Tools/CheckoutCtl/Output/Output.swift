import Foundation

/// Writes results to standard output: text for people, or one JSON value.
struct Output: Sendable {
    let json: Bool

    /// Prints `value` with `--json`, else the lines of `text`.
    func print(_ value: @autoclosure () throws -> JSON, _ text: @autoclosure () throws -> String) throws {
        Self.write(json ? try value().text() : try text())
    }

    private static func write(_ text: String) {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }
}
