import Database

extension TableAccess {
    /// Removes rows, and before them whatever names them by a foreign key.
    /// - Parameter others: all tables of the database.
    func deleteWithChildren(_ keys: [RowKey], among others: [TableLayout], in connection: Connection) throws -> Int {
        guard !keys.isEmpty else { return 0 }
        var deleted = 0
        for child in others {
            let access = TableAccess(child, on: connection.dialect)
            for reference in child.references where reference.parent == table.name {
                while true {
                    let found = try children(of: keys, in: child, by: reference, connection: connection)
                    if found.isEmpty { break }
                    deleted += try access.deleteWithChildren(found, among: others, in: connection)
                }
            }
        }
        return deleted + (try delete(keys, in: connection))
    }

    /// Writes over rows that differ. A row that cannot be written yet, because another row still holds its unique value
    /// or because its parent is not there, is removed instead: it will be missing, and what is missing is filled in.
    /// - Returns: how many it wrote over.
    func mend(_ rows: [CopiedRow], among others: [TableLayout], in connection: Connection) throws -> Int {
        var written = rows.count
        try together(rows, in: connection, overwrite) { row in
            _ = try deleteWithChildren([row.key], among: others, in: connection)
            written -= 1
        }
        return written
    }

    /// Puts in rows that are missing; one whose parent is missing too is left out. That is a row that came into the source
    /// after the turn of its parent's table: the next run finds both.
    func fill(_ rows: [CopiedRow], in connection: Connection) throws -> Int {
        var inserted = 0
        try together(rows, in: connection) { rows, connection in
            inserted += try insert(rows, in: connection)
        } otherwise: { _ in
        }
        return inserted
    }

    /// `write` for all rows at once or, where a constraint is against that, for each alone with `otherwise` for those
    /// that it is still against.
    private func together(
        _ rows: [CopiedRow], in connection: Connection, _ write: ([CopiedRow], Connection) throws -> Void,
        otherwise: (CopiedRow) throws -> Void
    ) throws {
        guard !rows.isEmpty else { return }
        do {
            try connection.attempt { try write(rows, connection) }
        } catch let error as DatabaseError where error.isConstraint {
            for row in rows {
                do {
                    try connection.attempt { try write([row], connection) }
                } catch let error as DatabaseError where error.isConstraint {
                    try otherwise(row)
                }
            }
        }
    }
}

extension DatabaseError {
    fileprivate var isConstraint: Bool {
        if case .constraint = code { return true }
        return false
    }
}
