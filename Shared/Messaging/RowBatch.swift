/// Statements that insert several rows at once. They come in a few sizes only, so that they stay prepared.
struct RowBatch {
    private static let sizes = [32, 8, 1]
    /// How many parameters a row has.
    let width: Int
    private let texts: [Int: String]

    /// - Parameters:
    ///   - head: what stands before the rows: `INSERT INTO t (a, b) VALUES`.
    ///   - last: a row's last value, which is no parameter.
    ///   - tail: what stands behind the rows.
    init(_ head: String, width: Int, last: String, tail: String) {
        self.width = width
        texts = Dictionary(
            uniqueKeysWithValues: Self.sizes.map { size in
                let rows = (0..<size).map { row in
                    let parameters = (1...width).map { "$\(row * width + $0)" }
                    return "(\(parameters.joined(separator: ", ")), \(last))"
                }
                return (size, "\(head) \(rows.joined(separator: ", ")) \(tail)")
            })
    }

    /// The statement for this many rows.
    subscript(count: Int) -> String { texts[count] ?? "" }

    /// Splits items into parts for which there is a statement.
    static func parts<Item>(of items: [Item]) -> [ArraySlice<Item>] {
        var rest = items[...]
        var parts: [ArraySlice<Item>] = []
        while let size = sizes.first(where: { $0 <= rest.count }) {
            parts.append(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        return parts
    }
}
