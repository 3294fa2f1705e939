/// What a copy did, and what both sides hold at its end.
struct CopyResult: Sendable {
    struct Table: Sendable {
        let name: String
        let source: TableSummary
        let target: TableSummary

        var isEqual: Bool { source == target }
    }

    /// Of the first run for this target; seconds since 1970.
    let startedAt: Int64
    /// Rows put in or written over by this run.
    var written = 0
    var deleted = 0
    /// By name.
    var tables: [Table] = []
    /// The target's contents in one line.
    var contents = ""

    init(startedAt: Int64) { self.startedAt = startedAt }

    var isEqual: Bool { tables.allSatisfy(\.isEqual) }
    var unequal: [String] { tables.filter { !$0.isEqual }.map(\.name) }
    var rows: Int { tables.reduce(0) { $0 + $1.source.rows } }
}
