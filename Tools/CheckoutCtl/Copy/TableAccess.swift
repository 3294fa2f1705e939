import Database

/// One table of one database, in pieces that fit into memory.
struct TableAccess: Sendable {
    let table: TableLayout
    private let statements: TableStatements

    /// Rows and bytes that are held, and written in one transaction, at a time; a single row may be larger.
    static let mostRows = 500
    static let mostBytes = 1 << 20

    init(_ table: TableLayout, on dialect: Dialect) {
        self.table = table
        statements = TableStatements(table: table, dialect: dialect)
    }

    func rowCount(in connection: Connection) throws -> Int {
        try connection.row(statements.rowCount)?.get("rows") ?? 0
    }

    /// The next keys, in batches whose rows are to be held together; no batch at the end of the table.
    func page(after last: RowKey?, in connection: Connection) throws -> [[RowKey]] {
        let sql = statements.page(fromStart: last == nil, limit: Self.mostRows)
        var batches: [[RowKey]] = []
        var bytes = Int.max
        for row in try connection.rows(sql, with: Self.bound(last?.values ?? [])) {
            let size: Int = try row.get("size")
            if batches.isEmpty || bytes + size > Self.mostBytes {
                batches.append([])
                bytes = 0
            }
            batches[batches.count - 1].append(try key(row, of: table))
            bytes += size
        }
        return batches
    }

    /// The rows that have these keys, in no order.
    func rows(_ keys: [RowKey], in connection: Connection) throws -> [CopiedRow] {
        guard !keys.isEmpty else { return [] }
        let asked = Self.padded(keys)
        return try connection.rows(statements.rows(keys: asked.count), with: Self.bound(asked.flatMap(\.values))).map {
            try CopiedRow($0, of: table)
        }
    }

    /// Those of `keys` that there are rows for.
    func existing(_ keys: [RowKey], in connection: Connection) throws -> Set<RowKey> {
        guard !keys.isEmpty else { return [] }
        let asked = Self.padded(keys)
        let rows = try connection.rows(statements.keys(among: asked.count), with: Self.bound(asked.flatMap(\.values)))
        return Set(try rows.map { try key($0, of: table) })
    }

    /// Puts rows in, but for those whose unique values are taken.
    /// - Throws: `.constraint` when one's parent is missing.
    @discardableResult
    func insert(_ rows: [CopiedRow], in connection: Connection) throws -> Int {
        try groups(of: rows).reduce(0) { count, group in
            let values = Self.bound(group.flatMap(\.values))
            return count + (try connection.execute(statements.insert(rows: group.count), with: values))
        }
    }

    /// Writes over the rows that have the same keys.
    /// - Throws: `.constraint` when a unique value is another row's, or a parent is missing.
    func overwrite(_ rows: [CopiedRow], in connection: Connection) throws {
        for group in groups(of: rows) {
            try connection.execute(statements.overwrite(rows: group.count), with: Self.bound(group.flatMap(\.values)))
        }
    }

    func delete(_ keys: [RowKey], in connection: Connection) throws -> Int {
        guard !keys.isEmpty else { return 0 }
        let asked = Self.padded(keys)
        return try connection.execute(statements.delete(keys: asked.count), with: Self.bound(asked.flatMap(\.values)))
    }

    /// Some of `child`'s rows that name one of these rows.
    func children(
        of keys: [RowKey], in child: TableLayout, by reference: TableLayout.Reference, connection: Connection
    ) throws -> [RowKey] {
        let asked = Self.padded(keys)
        let sql = statements.children(in: child, by: reference, keys: asked.count, limit: Self.mostRows)
        return try connection.rows(sql, with: Self.bound(asked.flatMap(\.values))).map { try key($0, of: child) }
    }

    /// From a row that begins with it.
    private func key(_ row: Row, of table: TableLayout) throws(CommandFailure) -> RowKey {
        let key = RowKey(row.cells.prefix(table.key.count).map(\.value))
        try row.refuseIfRepaired(key, in: table)
        return key
    }

    private static func bound(_ values: [SQLValue]) -> [any SQLBindable] { values.map(BoundValue.init) }

    /// A count that is a power of two, so that the engines meet few different statements; asking twice for a key changes
    /// nothing.
    private static func padded(_ keys: [RowKey]) -> [RowKey] {
        guard let last = keys.last else { return [] }
        var count = 1
        while count < keys.count { count *= 2 }
        return keys + Array(repeating: last, count: count - keys.count)
    }

    /// Parts whose sizes are powers of two.
    private func groups(of rows: [CopiedRow]) -> [ArraySlice<CopiedRow>] {
        var groups: [ArraySlice<CopiedRow>] = []
        var rest = rows[...]
        var size = 256
        while size > 1, size * table.columns.count > TableStatements.mostParameters { size /= 2 }
        while !rest.isEmpty {
            while size > rest.count { size /= 2 }
            groups.append(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        return groups
    }
}

/// A value that was read, on its way back into a database.
private struct BoundValue: SQLBindable {
    let sqlValue: SQLValue
}
