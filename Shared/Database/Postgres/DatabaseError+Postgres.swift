extension DatabaseError {
    /// What a SQLSTATE means here. Source: PostgreSQL, "Error Codes".
    init(sqlState: String, message: String) {
        switch sqlState {
        case "23505": self.init(.constraint(.unique), message)
        case "23503": self.init(.constraint(.foreignKey), message)
        case "23502": self.init(.constraint(.notNull), message)
        case "23514": self.init(.constraint(.check), message)
        case "40001", "40P01": self.init(.conflict, message)
        // A migration by another program changed what a cached plan returns (nothing else of ours is unsupported); a new
        // connection plans anew.
        case "0A000": self.init(.connectionLost, message)
        case "53100": self.init(.diskFull, "The disk that holds PostgreSQL's data is full; nothing was stored.")
        case "55P03": self.init(.busy, "A row stayed locked by another transaction for too long.")
        case "57014": self.init(.timeout, message)
        // After a failover the old server only reads; a new connection finds the one that writes.
        case "25006", "57P01", "57P02", "57P03", "08000", "08003", "08006": self.init(.connectionLost, message)
        case "53300": self.init(.unavailable, "PostgreSQL takes no more connections: \(message)")
        case "42P01", "42883", "42703":
            self.init(.schema, "The schema is behind (\(message)): run `checkoutctl migrate`.")
        case "42501", "58030", "XX001": self.init(.storage, message)
        default: self.init(.misuse, "PostgreSQL error \(sqlState): \(message)")
        }
    }
}
