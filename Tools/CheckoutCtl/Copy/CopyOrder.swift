/// The order in which rows can be put into tables: a row after those that its foreign keys name.
enum CopyOrder {
    /// - Throws: `CommandFailure` for tables that name each other in a circle, or themselves: none of their rows could be
    ///   the first.
    static func parentsFirst(_ tables: [TableLayout]) throws(CommandFailure) -> [TableLayout] {
        var waiting = tables.sorted { $0.name < $1.name }
        var ordered: [TableLayout] = []
        while !waiting.isEmpty {
            let open = Set(waiting.map(\.name))
            let next = waiting.firstIndex { table in table.references.allSatisfy { !open.contains($0.parent) } }
            guard let next else {
                throw .failed("The foreign keys of \(open.sorted().joined(separator: ", ")) go round in a circle.")
            }
            ordered.append(waiting.remove(at: next))
        }
        return ordered
    }
}
