/// A connection's prepared statements by their text; the one that was not used for longest makes room.
struct StatementCache<Statement> {
    private var entries: [String: (statement: Statement, use: Int)] = [:]
    private var uses = 0

    /// Lists with filters make some tens of statements; the bound is against a fault of ours.
    private static var limit: Int { 256 }

    var all: [Statement] { entries.values.map(\.statement) }

    mutating func statement(for sql: String) -> Statement? {
        uses += 1
        entries[sql]?.use = uses
        return entries[sql]?.statement
    }

    /// - Returns: the statement that had to go.
    mutating func keep(_ statement: Statement, for sql: String) -> Statement? {
        uses += 1
        let oldest = entries.count < Self.limit ? nil : entries.min { $0.value.use < $1.value.use }?.key
        let evicted = oldest.flatMap { entries.removeValue(forKey: $0)?.statement }
        entries[sql] = (statement, uses)
        return evicted
    }
}
