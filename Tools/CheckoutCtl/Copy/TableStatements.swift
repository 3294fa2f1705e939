import Database

/// The statements that a copy needs for one table on one engine.
struct TableStatements: Sendable {
    let table: TableLayout
    let dialect: Dialect

    /// Both engines take more parameters than this in a statement.
    static let mostParameters = 30_000

    var rowCount: String { "SELECT count(*) AS rows FROM \(quoted(table.name))" }

    /// The keys after the one in the parameters, or from the start, in this engine's own order, each with about how many
    /// bytes its row takes.
    func page(fromStart: Bool, limit: Int) -> String {
        let after = fromStart ? "" : "WHERE (\(key)) > (\(placeholders(for: keyColumns, from: 1)))"
        return "SELECT \(key), \(size) AS size FROM \(quoted(table.name)) \(after) ORDER BY \(key) LIMIT \(limit)"
    }

    func rows(keys count: Int) -> String {
        "SELECT \(list(table.columns.map(\.name))) FROM \(quoted(table.name)) WHERE \(isOne(of: count))"
    }

    func keys(among count: Int) -> String {
        "SELECT \(key) FROM \(quoted(table.name)) WHERE \(isOne(of: count))"
    }

    /// A row whose key or other unique value is taken is left out.
    func insert(rows count: Int) -> String {
        "INSERT INTO \(quoted(table.name)) (\(list(table.columns.map(\.name)))) VALUES "
            + "\(tuples(of: table.columns, count)) ON CONFLICT DO NOTHING"
    }

    /// Writes over the rows that have these keys. A unique value that another row holds fails it.
    func overwrite(rows count: Int) -> String {
        let rest = table.columns.map(\.name).filter { !table.key.contains($0) }
        let changes = rest.map { "\(quoted($0)) = excluded.\(quoted($0))" }.joined(separator: ", ")
        return "INSERT INTO \(quoted(table.name)) (\(list(table.columns.map(\.name)))) VALUES "
            + "\(tuples(of: table.columns, count)) ON CONFLICT (\(key)) DO "
            + (changes.isEmpty ? "NOTHING" : "UPDATE SET \(changes)")
    }

    func delete(keys count: Int) -> String { "DELETE FROM \(quoted(table.name)) WHERE \(isOne(of: count))" }

    /// The keys of `child`'s rows that name one of this table's rows by `reference`.
    func children(in child: TableLayout, by reference: TableLayout.Reference, keys count: Int, limit: Int) -> String {
        "SELECT \(list(child.key)) FROM \(quoted(child.name)) WHERE (\(list(reference.columns))) IN (SELECT "
            + "\(list(reference.parentColumns)) FROM \(quoted(table.name)) WHERE \(isOne(of: count))) LIMIT \(limit)"
    }

    private var key: String { list(table.key) }

    private var keyColumns: [TableLayout.Column] { table.keyIndices.map { table.columns[$0] } }

    private func isOne(of count: Int) -> String { "(\(key)) IN (VALUES \(tuples(of: keyColumns, count)))" }

    private func tuples(of columns: [TableLayout.Column], _ count: Int) -> String {
        (0..<count).map { "(\(placeholders(for: columns, from: $0 * columns.count + 1)))" }.joined(separator: ", ")
    }

    private func placeholders(for columns: [TableLayout.Column], from first: Int) -> String {
        columns.enumerated().map { index, column in
            dialect == .postgres ? "CAST($\(first + index) AS \(column.kind.postgresType))" : "$\(first + index)"
        }.joined(separator: ", ")
    }

    /// Text and bytes; the few of everything else do not count.
    private var size: String {
        let lengths = table.columns.filter { $0.kind == .text || $0.kind == .bytes }.map { column in
            switch (dialect, column.kind) {
            // A text's length is in characters; that of a blob is known without reading it.
            case (.sqlite, .text): "coalesce(length(CAST(\(quoted(column.name)) AS BLOB)), 0)"
            case (.sqlite, _): "coalesce(length(\(quoted(column.name))), 0)"
            case (.postgres, _): "coalesce(octet_length(\(quoted(column.name))), 0)::bigint"
            }
        }
        return lengths.isEmpty ? "0" : lengths.joined(separator: " + ")
    }

    private func list(_ names: [String]) -> String { names.map(quoted).joined(separator: ", ") }

    private func quoted(_ name: String) -> String { "\"\(name.replacing("\"", with: "\"\""))\"" }
}
