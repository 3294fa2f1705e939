import Database

/// All tables of a database, read from the engine's own catalog: a table that a migration adds is never forgotten.
struct DatabaseCatalog: Sendable {
    /// What tells about the database itself. Each side has its own, so none of it is copied.
    static let bookkeeping: Set<String> = ["schema_migrations", CopyMarker.table]

    /// By name, with bookkeeping.
    let all: [TableLayout]

    /// Those whose rows are copied.
    var tables: [TableLayout] { all.filter { !Self.bookkeeping.contains($0.name) } }

    func has(_ table: String) -> Bool { all.contains { $0.name == table } }

    init(reading connection: Connection) throws {
        let columns = try connection.rows(Self.columns(connection.dialect)).map(ColumnRow.init)
        let references = try connection.rows(Self.references(connection.dialect)).map(ReferenceRow.init)
        var layouts = Dictionary(grouping: columns, by: \.table).mapValues(Self.layout)
        let keys = layouts.mapValues(\.key)
        for (table, rows) in Dictionary(grouping: references, by: \.table) {
            layouts[table]?.references = Dictionary(grouping: rows, by: \.number).sorted { $0.key < $1.key }.map {
                Self.reference($0.value, keys: keys)
            }
        }
        all = layouts.values.sorted { $0.name < $1.name }
    }

    private static func layout(_ rows: [ColumnRow]) -> TableLayout {
        TableLayout(
            name: rows[0].table,
            columns: rows.sorted { $0.name < $1.name }.map {
                TableLayout.Column(
                    name: $0.name, kind: ColumnKind(declared: $0.type), isRequired: $0.isRequired || $0.keyPosition > 0)
            },
            key: rows.filter { $0.keyPosition > 0 }.sorted { $0.keyPosition < $1.keyPosition }.map(\.name),
            counter: rows.first { $0.countsUp }?.name)
    }

    private static func reference(_ rows: [ReferenceRow], keys: [String: [String]]) -> TableLayout.Reference {
        let ordered = rows.sorted { $0.position < $1.position }
        let parent = ordered[0].parent
        // SQLite leaves the parent's columns out where a foreign key names the table alone: its primary key is meant.
        let named = ordered.compactMap(\.parentColumn)
        return TableLayout.Reference(
            columns: ordered.map(\.column), parent: parent,
            parentColumns: named.count == ordered.count ? named : keys[parent] ?? [])
    }
}

private struct ColumnRow {
    let table: String
    let name: String
    let type: String
    let isRequired: Bool
    /// From 1; 0 for a column outside the key.
    let keyPosition: Int
    let countsUp: Bool

    init(_ row: Row) throws {
        table = try row.get("table_name")
        name = try row.get("column_name")
        type = try row.get("type")
        isRequired = try row.get("required")
        keyPosition = try row.get("key_position")
        countsUp = try row.get("counts_up")
    }
}

private struct ReferenceRow {
    let table: String
    let number: Int64
    let parent: String
    let column: String
    let parentColumn: String?
    let position: Int

    init(_ row: Row) throws {
        table = try row.get("table_name")
        number = try row.get("number")
        parent = try row.get("parent")
        column = try row.get("column_name")
        parentColumn = try row.get("parent_column")
        position = try row.get("position")
    }
}
