extension Duration {
    /// Reads a decimal number of seconds, up to some thirty years: `25`, `0.25`.
    init?(secondsText text: String) {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }),
            let seconds = Double(text), seconds <= 1e9
        else { return nil }
        // By the millisecond: 0.1 s has no exact Double.
        self = .milliseconds(Int64((seconds * 1000).rounded()))
    }

    /// `25`, `0.25`.
    var secondsText: String {
        let milliseconds = components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
        return milliseconds.isMultiple(of: 1000) ? "\(milliseconds / 1000)" : "\(Double(milliseconds) / 1000)"
    }

    /// As a number, for metrics.
    var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
