import CSQLite

extension DatabaseError {
    /// What an extended result code of SQLite means here. Source: sqlite.org, "Result and Error Codes".
    init(sqlite status: Int32, message: String) {
        switch (status & 0xff, status) {
        case (SQLITE_BUSY, _), (SQLITE_LOCKED, _):
            self.init(.busy, "Another process holds the database's write lock for too long (\(message)).")
        case (SQLITE_FULL, _):
            self.init(.diskFull, "The disk that holds the database is full; nothing of the transaction is stored.")
        case (SQLITE_CONSTRAINT, let extended):
            self.init(.constraint(.init(sqlite: extended)), message)
        case (SQLITE_IOERR, _):
            // A full disk may show as a failed write or sync, too; what was not synced is not there.
            self.init(.diskFull, "Writing the database failed (\(message)); is its disk full or its file gone?")
        case (SQLITE_READONLY, _), (SQLITE_CANTOPEN, _), (SQLITE_PERM, _):
            self.init(.storage, "The database file may not be written (\(message)).")
        case (SQLITE_CORRUPT, _), (SQLITE_NOTADB, _):
            self.init(.storage, "The file is not a SQLite database or is damaged (\(message)).")
        case (SQLITE_ERROR, _) where message.hasPrefix("no such table"):
            self.init(.schema, "The schema is behind (\(message)): run `checkoutctl migrate`.")
        default:
            self.init(.misuse, "SQLite error \(status): \(message)")
        }
    }
}

extension DatabaseError.Constraint {
    fileprivate init(sqlite extended: Int32) {
        // The headers define the extended codes by arithmetic that Swift does not import.
        switch extended >> 8 {
        case 3: self = .foreignKey
        case 5: self = .notNull
        case 6, 8, 10: self = .unique
        default: self = .check
        }
    }
}
