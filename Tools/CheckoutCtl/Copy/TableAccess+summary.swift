import Database

extension TableAccess {
    /// Count and digest of the whole table.
    /// - Parameter advanced: told how many rows were read since it was told last.
    func summary(in connection: Connection, advanced: (Int) throws -> Void) throws -> TableSummary {
        var digest = TableDigest()
        var last: RowKey?
        while true {
            let batches = try page(after: last, in: connection)
            guard let end = batches.last?.last else { break }
            for batch in batches {
                let rows = try rows(batch, in: connection)
                for row in rows { digest.add(row.encoding) }
                try advanced(rows.count)
            }
            last = end
        }
        return TableSummary(rows: try rowCount(in: connection), digest: digest)
    }
}

extension CopySide {
    /// All tables in one snapshot: what one transaction wrote to two tables is seen in both or in neither.
    func summaries(
        of tables: [TableLayout], advanced: @escaping @Sendable (Int) throws -> Void = { _ in }
    ) async throws -> [String: TableSummary] {
        let dialect = dialect
        return try await read { connection in
            var summaries: [String: TableSummary] = [:]
            for table in tables {
                summaries[table.name] = try TableAccess(table, on: dialect).summary(in: connection, advanced: advanced)
            }
            return summaries
        }
    }
}
