import Foundation

/// The terminal, taken for text that is drawn anew in place, and given back as it was.
enum Screen {
    static var isTerminal: Bool { isatty(STDOUT_FILENO) != 0 }

    /// Draws what `content` returns, every `interval`, until Ctrl-C or another signal that ends programs.
    static func watch(every interval: Duration, _ content: @escaping @Sendable () async throws -> String) async throws {
        let signals = EndingSignals()
        // A second screen, without wrapping and cursor: the first keeps what stood on it.
        write("\u{1B}[?1049h\u{1B}[?7l\u{1B}[?25l")
        defer { write("\u{1B}[?25h\u{1B}[?7h\u{1B}[?1049l") }
        let ended = signals.stream
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in ended {} }
            group.addTask {
                while true {
                    write(frame(try await content(), rows: rows))
                    try await Task.sleep(for: interval)
                }
            }
            // A look at Stripe that is under way is given up.
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// - Parameter rows: that the terminal has; nil when nobody knows.
    static func frame(_ text: String, rows: Int?) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if let rows, rows > 1, lines.count > rows {
            let hidden = lines.count - rows + 1
            lines = lines.prefix(rows - 1) + ["… \(hidden) more lines"]
        }
        // From the top, each line to its end, then whatever stood below.
        return "\u{1B}[H" + lines.map { "\($0)\u{1B}[K" }.joined(separator: "\r\n") + "\u{1B}[J"
    }

    private static var rows: Int? {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0 else { return nil }
        return Int(size.ws_row)
    }

    private static func write(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }
}
