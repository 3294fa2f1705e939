import ArgumentParser

/// A share in percent with at most two decimals: `2.5`, `0.75`, `10`.
struct Percent: ExpressibleByArgument {
    /// Hundredths of a percent.
    let basisPoints: Int64

    init?(argument: String) {
        let parts = argument.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(Self.isDigit) }),
            let whole = Int64(parts[0]), whole <= 100
        else { return nil }
        let decimals = parts.count == 2 ? String(parts[1]) : ""
        guard decimals.count <= 2, let rest = Int64((decimals + "00").prefix(2)), whole * 100 + rest <= 10_000 else {
            return nil
        }
        basisPoints = whole * 100 + rest
    }

    static func text(_ basisPoints: Int64) -> String {
        let decimals = basisPoints % 100
        return "\(basisPoints / 100)" + (decimals == 0 ? "" : ".\(decimals < 10 ? "0" : "")\(decimals)") + " %"
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= byte }
}
