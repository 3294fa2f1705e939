import Foundation

/// Where the data is: `sqlite:PATH`, or any URL that libpq takes.
package enum DatabaseURL: Sendable, Equatable {
    case sqlite(path: String)
    case postgres(String)

    package init(parsing text: String) throws(DatabaseError) {
        if text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") {
            guard PostgresURL.place(in: text) != nil else {
                throw DatabaseError(
                    .misuse,
                    "not a URL that PostgreSQL reads: use postgres://USER:PASSWORD@HOST:PORT/NAME, with %2F for "
                        + "a / and %3F for a ? in the password")
            }
            self = .postgres(text)
            return
        }
        guard text.hasPrefix("sqlite:"), text.count > "sqlite:".count else {
            throw DatabaseError(
                .misuse, "not a database URL: use sqlite:PATH, or postgres://USER:PASSWORD@HOST:PORT/NAME")
        }
        var path = String(text.dropFirst("sqlite:".count))
        // sqlite:///var/lib/x.db and sqlite://data/x.db are what users of other tools type.
        if path.hasPrefix("//") { path.removeFirst(2) }
        guard !path.isEmpty, path != ":memory:" else {
            throw DatabaseError(.misuse, "needs a file: several programs share it, so it cannot live in memory")
        }
        self = .sqlite(path: path)
    }

    /// For logs: without user name, password or query.
    package var masked: String {
        switch self {
        case .sqlite(let path): return "sqlite:\(path)"
        case .postgres(let url): return "postgres://\(PostgresURL.place(in: url) ?? "?")"
        }
    }
}
