package import Database

/// What holds for the inbox and the queue between any two transactions, whoever was killed at whatever moment: the
/// sentences of `queue-invariants.sql`, each with a query that finds nothing.
package struct QueueInvariants: Sendable {
    private let queries: [(sentence: String, sql: String)]

    package init() {
        let text = String(decoding: PackageResources.queue_invariants_sql, as: UTF8.self)
        queries = text.split(separator: "\n\n").compactMap { paragraph in
            let lines = paragraph.split(separator: "\n")
            let sql = lines.drop { $0.hasPrefix("--") }
            guard let sentence = lines.dropLast(sql.count).last, !sql.isEmpty else { return nil }
            return (String(sentence.dropFirst(3)), sql.joined(separator: "\n").replacing(";", with: ""))
        }
    }

    /// The sentences that do not hold, each with what breaks it.
    package func broken(in connection: Connection) throws -> [String] {
        try queries.flatMap { query in
            try connection.rows("SELECT CAST(what AS TEXT) AS what FROM (\(query.sql)) AS found LIMIT 3")
                .map { "\(query.sentence) Not so: \(try $0.get("what", as: String.self))" }
        }
    }
}
