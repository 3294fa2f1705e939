import Foundation
import Synchronization

/// A line on the terminal that says how far long work has come; nothing where standard error is no terminal.
final class Progress: Sendable {
    private struct Line {
        let things: String
        let total: Int?
        let start = ContinuousClock.now
        var done = 0
        var shown: ContinuousClock.Instant?
    }

    private let isShown: Bool
    private let line: Mutex<Line>

    /// - Parameters:
    ///   - things: what is counted: `events`.
    ///   - total: how many there were when it began; nil when nobody knows.
    init(_ things: String = "", total: Int? = nil, isShown: Bool = isatty(STDERR_FILENO) != 0) {
        line = Mutex(Line(things: things, total: total))
        self.isShown = isShown
    }

    /// The next part of the work, counted by itself.
    func begin(_ things: String, total: Int?) {
        end()
        line.withLock { $0 = Line(things: things, total: total) }
    }

    /// Shows it, at most ten times a second.
    func show(done: Int) { advance { $0 = done } }

    func advance(by count: Int) { advance { $0 += count } }

    private func advance(_ count: (inout Int) -> Void) {
        line.withLock { line in
            count(&line.done)
            let now = ContinuousClock.now
            guard isShown, line.shown.map({ $0.duration(to: now) >= .milliseconds(100) }) ?? true else { return }
            line.shown = now
            let text = Self.text(done: line.done, of: line.total, line.things, after: line.start.duration(to: now))
            write("\r\(text)\u{1B}[K")
        }
    }

    /// Takes the line away, for what is said next.
    func end() {
        line.withLock { line in
            if line.shown != nil { write("\r\u{1B}[K") }
            line.shown = nil
        }
    }

    /// `1200 of 5000 events, 800 per second`
    static func text(done: Int, of total: Int?, _ things: String, after time: Duration) -> String {
        let seconds = time / .seconds(1)
        let pace = seconds > 0 && done > 0 ? ", \(Int(Double(done) / seconds)) per second" : ""
        // More may have come since they were counted.
        let all = total.map { " of \(max(done, $0))" } ?? ""
        return "\(done)\(all) \(things)\(pace)"
    }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
