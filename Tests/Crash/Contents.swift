import Database
import Foundation

/// All that a database holds, its schema too, a line a row: equal for two databases to which the same was done.
///
/// What differs between them for no reason of the test is left out: numbers that a rollback does not give back,
/// random names, the moment of a migration, the time where a program goes by the machine's clock. A payload or an attempt
/// stands for its job by the job's own line.
struct Contents: Sendable, Hashable {
    private let lines: [String]

    init(of connection: Connection) throws {
        var lines = try connection.rows(Self.schema[connection.dialect] ?? "").map {
            try $0.get("line", as: String.self)
        }
        let tables = try connection.rows(Self.tables[connection.dialect] ?? "")
            .map { try $0.get("name", as: String.self) }
            .filter { !["test_clock", "sqlite_sequence"].contains($0) }
        var jobs: [SQLValue: String] = [:]
        // `jobs` before the tables that name a job.
        for table in tables.sorted(by: { ($0 == "jobs" ? "" : $0) < ($1 == "jobs" ? "" : $1) }) {
            for row in try connection.rows("SELECT * FROM \(table)") {
                let cells = row.cells.compactMap { Self.text(of: $0.name, $0.value, in: table, jobs) }
                let line = "\(table): \(cells.joined(separator: ", "))".replacing(Self.eventID, with: "whe_…")
                if table == "jobs", let id = row.cells.first(where: { $0.name == "id" }) { jobs[id.value] = line }
                lines.append(line)
            }
        }
        self.lines = lines.sorted()
    }

    /// What is gone since `earlier` (`-`) and what has come (`+`).
    func changes(since earlier: Contents) -> [String] {
        lines.difference(from: earlier.lines).map { change in
            switch change {
            case .insert(_, let line, _): "+ \(line)"
            case .remove(_, let line, _): "- \(line)"
            }
        }
    }

    /// Whether every row is as it was in one of the two: where several transactions were at work.
    func isBetween(_ before: Contents, _ after: Contents) -> Bool {
        let (now, before, after) = (Set(lines), Set(before.lines), Set(after.lines))
        return before.intersection(after).isSubset(of: now) && now.isSubset(of: before.union(after))
    }

    func has(table: String) -> Bool { lines.contains { $0.hasPrefix("table \(table) ") } }

    private static var eventID: Regex<Substring> { /whe_[0-9a-z]{26}/ }
    private static let counted: Set = ["jobs", "job_attempts", "audit_log"]

    /// - Returns: `nil` where the cell is left out.
    private static func text(
        of column: String, _ value: SQLValue, in table: String, _ jobs: [SQLValue: String]
    ) -> String? {
        switch (table, column) {
        case (_, "id") where counted.contains(table): nil
        case ("schema_migrations", "applied_at"): nil
        case (_, "lease_token"), (_, "holder"): "\(column)=\(value == .null ? "none" : "some")"
        case (_, "job_id"): "job=(\(jobs[value] ?? "none"))"
        default: "\(column)=\(text(of: value))"
        }
    }

    private static func text(of value: SQLValue) -> String {
        switch value {
        case .null: "NULL"
        case .integer(let number): start <= number && number < start + hour ? "now" : "\(number)"
        case .double(let number): "\(number)"
        case .text(let text): text
        case .blob(let bytes): String(decoding: bytes, as: UTF8.self)
        }
    }

    /// When the tests began, by the machine's clock, in µs since 1970.
    private static let start = Int64(Date().timeIntervalSince1970) * 1_000_000
    private static let hour: Int64 = 3_600_000_000

    private static let tables: [Dialect: String] = [
        .sqlite: "SELECT name FROM sqlite_master WHERE type = 'table'",
        .postgres: "SELECT CAST(tablename AS TEXT) AS name FROM pg_tables WHERE schemaname = 'public'",
    ]

    private static let schema: [Dialect: String] = [
        .sqlite: "SELECT type || ' ' || name || ' ' || COALESCE(sql, '') AS line FROM sqlite_master",
        .postgres: """
        SELECT 'table ' || c.relname || ' ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) AS line
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
        UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
        """,
    ]
}
