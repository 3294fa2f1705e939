/// One step of the schema, applied once, never changed after it was released.
package struct Migration: Sendable {
    package let version: Int
    package let name: String
    let statements: @Sendable (Dialect) -> [String]

    package init(_ version: Int, _ name: String, _ statements: @escaping @Sendable (Dialect) -> [String]) {
        self.version = version
        self.name = name
        self.statements = statements
    }
}

/// A step that this call applied.
package struct AppliedMigration: Sendable {
    package let version: Int
    package let name: String
}

extension Database {
    /// Applies, in the order of their versions and in one transaction, the migrations that are not applied yet.
    ///
    /// Two programs that migrate at once are safe: the second waits for the first and finds nothing to do.
    /// - Throws: `.schema` naming the step that failed; then nothing of this call is applied.
    package func migrate(_ migrations: [Migration]) async throws -> [AppliedMigration] {
        let ordered = migrations.sorted { $0.version < $1.version }
        guard Set(ordered.map(\.version)).count == ordered.count else {
            throw DatabaseError(.misuse, "Two migrations have the same version.")
        }
        return try await write { connection in
            try connection.prepareForMigrations()
            let applied = try connection.appliedVersions()
            return try ordered.filter { !applied.contains($0.version) }.map { migration in
                try connection.apply(migration)
                return AppliedMigration(version: migration.version, name: migration.name)
            }
        }
    }

    /// Those of `migrations` that this database still lacks; a program whose list is not empty is not ready. A database
    /// that is ahead of the program is fine: during a rollout the schema moves first.
    package func pending(_ migrations: [Migration]) async throws -> [Migration] {
        let applied = try await appliedVersions()
        return migrations.filter { !applied.contains($0.version) }.sorted { $0.version < $1.version }
    }

    /// The newest version applied; 0 when there is none.
    package func schemaVersion() async throws -> Int { try await appliedVersions().max() ?? 0 }

    private func appliedVersions() async throws -> Set<Int> {
        try await read { connection in
            let table =
                switch connection.dialect {
                case .sqlite: "SELECT 1 AS found FROM sqlite_master WHERE name = 'schema_migrations'"
                case .postgres: "SELECT 1 AS found WHERE to_regclass('schema_migrations') IS NOT NULL"
                }
            guard try connection.row(table) != nil else { return [] }
            return try connection.appliedVersions()
        }
    }
}

extension Connection {
    /// The lock that makes two migrating programs take turns, and what every migration relies on.
    fileprivate func prepareForMigrations() throws(DatabaseError) {
        if dialect == .postgres {
            // SQLite's write transaction is exclusive already. The number only has to differ from other users' locks.
            // Waiting for the other, or building an index, takes as long as it takes.
            try execute("SET LOCAL lock_timeout = 0")
            try execute("SET LOCAL statement_timeout = 0")
            try execute("SELECT pg_advisory_xact_lock(7203184615)")
        }
        try execute(
            """
            CREATE TABLE IF NOT EXISTS schema_migrations (
                version BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)
            """)
        if dialect == .postgres, try row("SELECT 1 AS found WHERE to_regproc('now_us') IS NOT NULL") == nil {
            // The statement's start, not the wall clock, so that the planner may use it in an index condition.
            try execute(
                """
                CREATE FUNCTION now_us() RETURNS BIGINT LANGUAGE sql STABLE PARALLEL SAFE AS
                $$ SELECT (extract(epoch FROM statement_timestamp()) * 1000000)::BIGINT $$
                """)
        }
    }

    fileprivate func appliedVersions() throws(DatabaseError) -> Set<Int> {
        var versions: Set<Int> = []
        for row in try rows("SELECT version FROM schema_migrations") { versions.insert(try row.get("version")) }
        return versions
    }

    fileprivate func apply(_ migration: Migration) throws(DatabaseError) {
        do {
            for statement in migration.statements(dialect) { try execute(statement) }
            try execute(
                "INSERT INTO schema_migrations (version, name, applied_at) VALUES ($1, $2, now_us())",
                migration.version, migration.name)
        } catch {
            throw DatabaseError(
                .schema,
                "Migration \(migration.version) (\(migration.name)) failed and nothing was changed: \(error.message)")
        }
    }
}
