import Database

/// What an engine counts a table's ids up from.
struct RowCounter: Sendable {
    let table: String
    let column: String

    /// The highest id that was ever given out; nil when none was.
    func value(in connection: Connection) throws -> Int64? {
        switch connection.dialect {
        case .sqlite:
            try connection.row("SELECT seq AS value FROM sqlite_sequence WHERE name = $1", table)?.get("value")
        case .postgres:
            // The sequence knows nothing of ids that were given with their rows, as a copy does.
            try connection.row(
                "SELECT greatest(pg_sequence_last_value(\(sequence)), (SELECT max(\(quoted(column))) "
                    + "FROM \(quoted(table)))) AS value")?.get("value", as: Int64?.self)
        }
    }

    /// Gives out no id up to `value`, and never goes back.
    func raise(to value: Int64, in connection: Connection) throws {
        let value = max(value, try self.value(in: connection) ?? 0)
        guard value > 0 else { return }
        switch connection.dialect {
        case .sqlite:
            let changed = try connection.execute("UPDATE sqlite_sequence SET seq = $1 WHERE name = $2", value, table)
            guard changed == 0 else { return }
            try connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ($1, $2)", table, value)
        case .postgres:
            try connection.execute("SELECT setval(\(sequence), $1)", value)
        }
    }

    private var sequence: String {
        "pg_get_serial_sequence(\(literal(quoted(table))), \(literal(column)))::regclass"
    }

    private func quoted(_ name: String) -> String { "\"\(name.replacing("\"", with: "\"\""))\"" }

    private func literal(_ text: String) -> String { "'\(text.replacing("'", with: "''"))'" }
}
