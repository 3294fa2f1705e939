import Foundation

/// A line on the terminal that says how far long work has come; nothing where standard error is no terminal.
struct Progress {
    private let things: String
    private let total: Int?
    private let isShown: Bool
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private var last: ContinuousClock.Instant?

    /// - Parameters:
    ///   - things: what is counted: `events`.
    ///   - total: how many there were when it began; nil when nobody knows.
    init(_ things: String, total: Int?, isShown: Bool = isatty(STDERR_FILENO) != 0) {
        self.things = things
        self.total = total
        self.isShown = isShown
        start = clock.now
    }

    /// Shows it, at most ten times a second.
    mutating func show(done: Int) {
        let now = clock.now
        guard isShown, last.map({ $0.duration(to: now) >= .milliseconds(100) }) ?? true else { return }
        last = now
        write("\r\(Self.text(done: done, of: total, things, after: start.duration(to: now)))\u{1B}[K")
    }

    /// Takes the line away, for what is said next.
    func end() {
        if isShown, last != nil { write("\r\u{1B}[K") }
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
