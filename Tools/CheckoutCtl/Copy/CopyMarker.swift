import Database

/// The row in a target that says of which source it is a copy.
///
/// It lets a copy that was broken off go on, and keeps a copy away from data that is not its own: whatever a target
/// holds beyond its source is deleted from it. Between `begin` and an `end` that found both equal, no other program of
/// ours opens the target (`UnfinishedCopy`): a run that is killed anywhere leaves it closed.
struct CopyMarker: Sendable {
    static let table = UnfinishedCopy.table

    /// Which database the source is; see `fingerprint(of:)`.
    let source: String
    /// Seconds since 1970, as `finishedAt`.
    let startedAt: Int64
    /// When the target was found equal to its source; nil when it was not at the end of the last run, or that was broken
    /// off.
    let finishedAt: Int64?
    /// What the target held at the end of the last run; nil when that was broken off.
    let contents: String?
    private var isNew = false

    /// Which database this is: the step of its schema that came first, and the µs at which it was applied. It needs no
    /// write into a source that is to stay untouched, it is the same by whatever path or host name the database is
    /// reached, and it stays the same through later migrations. nil: no schema yet.
    static func fingerprint(of connection: Connection) throws -> String? {
        let first = "SELECT version, applied_at FROM schema_migrations ORDER BY applied_at, version LIMIT 1"
        guard let row = try connection.row(first) else { return nil }
        return "\(try row.get("version", as: Int64.self))@\(try row.get("applied_at", as: Int64.self))"
    }

    /// The marker for this source: the one that the target has, or for an empty target a new one, which `begin` sets.
    /// - Throws: `CommandFailure` when the target is the source itself, or holds anything that is not of it.
    static func find(for source: String, in target: CopySide) async throws -> CopyMarker {
        let name = target.name
        return try await target.write { connection in
            let catalog = try DatabaseCatalog(reading: connection)
            if catalog.has("schema_migrations"), try fingerprint(of: connection) == source {
                throw CommandFailure.failed(
                    "The target \(name) is the source itself, or a copy of its files: give a new database.")
            }
            try connection.execute(
                """
                CREATE TABLE IF NOT EXISTS \(table) (
                    source TEXT PRIMARY KEY, started_at BIGINT NOT NULL, finished_at BIGINT, contents TEXT)
                """)
            if let row = try connection.row("SELECT * FROM \(table) WHERE source = $1", source) {
                return try CopyMarker(row)
            }
            try refuseUnlessEmpty(catalog, name, in: connection)
            return CopyMarker(
                source: source, startedAt: DatabaseOptions.systemClock() / 1_000_000, finishedAt: nil, contents: nil,
                isNew: true)
        }
    }

    /// From here on nobody knows what the target holds, until the run ends.
    func begin(in target: CopySide) async throws {
        let (source, startedAt) = (source, startedAt)
        try await target.write { connection in
            try connection.execute(
                "INSERT INTO \(Self.table) (source, started_at) VALUES ($1, $2) "
                    + "ON CONFLICT (source) DO UPDATE SET finished_at = NULL, contents = NULL", source, startedAt)
        }
    }

    /// Nothing was done after all.
    func takeBack(in target: CopySide) async throws {
        guard isNew else { return try await set(finishedAt: finishedAt, contents: contents, in: target) }
        let source = source
        try await target.write { try $0.execute("DELETE FROM \(Self.table) WHERE source = $1", source) }
    }

    func end(_ contents: String, isFinished: Bool, in target: CopySide) async throws {
        let finishedAt = isFinished ? DatabaseOptions.systemClock() / 1_000_000 : nil
        try await set(finishedAt: finishedAt, contents: contents, in: target)
    }

    private func set(finishedAt: Int64?, contents: String?, in target: CopySide) async throws {
        let source = source
        try await target.write { connection in
            try connection.execute(
                "UPDATE \(Self.table) SET finished_at = $2, contents = $3 WHERE source = $1", source, finishedAt,
                contents)
        }
    }

    private static func refuseUnlessEmpty(
        _ catalog: DatabaseCatalog, _ name: String, in connection: Connection
    ) throws {
        let held = try catalog.all.filter { $0.name != "schema_migrations" }.compactMap { table in
            let rows = try TableAccess(table, on: connection.dialect).rowCount(in: connection)
            return rows == 0 ? nil : "\(table.name) (\(rows))"
        }
        guard !held.isEmpty else { return }
        throw CommandFailure.failed(
            "The target \(name) is not empty and no copy of this source; nothing was changed. Rows are in "
                + "\(held.joined(separator: ", ")). Give a new, empty database.")
    }
}

extension CopyMarker {
    private init(_ row: Row) throws {
        source = try row.get("source")
        startedAt = try row.get("started_at")
        finishedAt = try row.get("finished_at")
        contents = try row.get("contents")
    }
}
