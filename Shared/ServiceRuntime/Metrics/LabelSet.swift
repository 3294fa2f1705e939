/// One series of a metric: its labels in a fixed order.
struct LabelSet: Hashable, Sendable {
    /// Sorted by name; names are valid, values are raw.
    let pairs: [Pair]

    struct Pair: Hashable, Sendable {
        let name: String
        let value: String
    }

    init(_ dimensions: [(String, String)]) {
        var seen: Set<String> = []
        pairs =
            dimensions
            .map { Pair(name: PrometheusText.labelName($0.0), value: $0.1) }
            // A label may occur only once in a series; the first wins.
            .filter { seen.insert($0.name).inserted }
            .sorted { $0.name < $1.name }
    }
}

extension LabelSet: Comparable {
    static func < (a: LabelSet, b: LabelSet) -> Bool {
        a.pairs.lexicographicallyPrecedes(b.pairs) { ($0.name, $0.value) < ($1.name, $1.value) }
    }
}
