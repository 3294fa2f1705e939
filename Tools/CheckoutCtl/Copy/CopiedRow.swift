import Database

/// A row's primary key. Two keys are the same when their bytes are: Swift takes texts for equal that a database keeps
/// apart, such as é in one character and in two.
struct RowKey: Sendable, Hashable {
    let values: [SQLValue]
    private let bytes: [UInt8]

    init(_ values: [SQLValue]) {
        self.values = values
        bytes = RowEncoding.bytes(of: values)
    }

    static func == (left: RowKey, right: RowKey) -> Bool { left.bytes == right.bytes }
    func hash(into hasher: inout Hasher) { hasher.combine(bytes) }

    /// For messages.
    var text: String {
        values.map {
            switch $0 {
            case .integer(let value): "\(value)"
            case .text(let value): TerminalText.safe(value)
            case .null, .double, .blob: "…"
            }
        }.joined(separator: ", ")
    }
}

/// A row on its way, its values in the order of its table's columns.
struct CopiedRow: Sendable {
    let key: RowKey
    let values: [SQLValue]
    /// The same on both engines for the same content.
    let encoding: [UInt8]

    /// - Throws: `CommandFailure` for a value that is not of its column's type.
    init(_ row: Row, of table: TableLayout) throws(CommandFailure) {
        values = row.cells.map(\.value)
        let values = values
        key = RowKey(table.keyIndices.map { values[$0] })
        try row.refuseIfRepaired(key, in: table)
        for (column, value) in zip(table.columns, values) where !column.kind.holds(value) {
            throw .uncopied(table, column.name, key, holds: "something else than \(column.kind)")
        }
        encoding = RowEncoding.bytes(of: values)
    }

    /// - Throws: `CommandFailure` for what `dialect` cannot store.
    func check(for dialect: Dialect, in table: TableLayout) throws(CommandFailure) {
        guard dialect == .postgres else { return }
        for (column, value) in zip(table.columns, values) {
            guard case .text(let text) = value, text.utf8.contains(0) else { continue }
            throw .uncopied(table, column.name, key, holds: "a NUL character, which PostgreSQL cannot store")
        }
    }
}

extension Row {
    /// What was read is not what is stored: neither a copy of it nor its digest would tell.
    func refuseIfRepaired(_ key: RowKey, in table: TableLayout) throws(CommandFailure) {
        guard let column = repaired.first else { return }
        throw .uncopied(table, column, key, holds: "bytes that are no text in UTF-8")
    }
}

extension CommandFailure {
    fileprivate static func uncopied(
        _ table: TableLayout, _ column: String, _ key: RowKey, holds what: String
    ) -> CommandFailure {
        .failed(
            "\(table.name).\(column) of row \(key.text) holds \(what): mend that row, then run the same command again.")
    }
}
