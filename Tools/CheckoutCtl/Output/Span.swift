import ArgumentParser

/// A length of time on the command line: `90d`, `24h`, `30m`, `45s`.
struct Span: ExpressibleByArgument {
    let duration: Duration

    private static let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]

    init?(argument: String) {
        guard let unit = argument.last, let seconds = Self.units[unit],
            let count = Int64(argument.dropLast()), (0...1_000_000).contains(count)
        else { return nil }
        duration = .seconds(count * seconds)
    }

    init(_ duration: Duration) { self.duration = duration }
}
