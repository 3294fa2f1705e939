import Database

/// What is made sure of before the first row is copied.
struct CopyPreparation {
    let source: CopySide
    let target: CopySide
    let migrations: [Migration]
    var users: @Sendable (CopySide) async throws -> [DatabaseUser] = { try await $0.otherUsers() }

    /// - Returns: the target's marker, and the tables, parents first.
    func run() async throws -> (marker: CopyMarker, tables: [TableLayout]) {
        guard try await source.database.pending(migrations).isEmpty else {
            throw CommandFailure.failed(
                "The source \(source.name) lacks some of this program's migrations: run 'checkoutctl migrate' on it.")
        }
        guard let fingerprint = try await source.read(CopyMarker.fingerprint) else {
            throw CommandFailure.failed("The source \(source.name) holds no schema.")
        }
        try await refuseIfOpen()
        let marker = try await CopyMarker.find(for: fingerprint, in: target)
        try await refuseIfUsed(marker)
        try await marker.begin(in: target)
        do {
            // From here on no program opens it; one may have since the first look.
            try await refuseIfOpen()
        } catch {
            try await marker.takeBack(in: target)
            throw error
        }
        try await migrate()
        return (marker, try await sameTables())
    }

    /// SQLite: a copy makes the target equal to the source, so it would undo what services write there. On PostgreSQL the
    /// connection itself is refused (`DatabaseOptions.Purpose`).
    private func refuseIfOpen() async throws {
        guard target.dialect == .sqlite else { return }
        let users = try await users(target)
        guard users.isEmpty else {
            throw CommandFailure.failed(
                "The target \(target.name): it is open in \(users.map(\.text).joined(separator: ", ")): stop what runs on it "
                    + "first")
        }
    }

    /// Between two runs only services write to a target, and only to one that was found equal: any other they do not
    /// open. They have written if it is not as the last run left it.
    private func refuseIfUsed(_ marker: CopyMarker) async throws {
        guard let contents = marker.contents else { return }
        let tables = try await target.read { try DatabaseCatalog(reading: $0).tables }
        guard try await target.summaries(of: tables).fingerprint == contents else {
            let finished = marker.finishedAt.map { "the copy was finished on \(Moment.text(seconds: $0))" }
            let last = finished ?? "the last run"
            throw CommandFailure.failed(
                "The target \(target.name) has changed since \(last): it is in use. Nothing was changed, for a copy would "
                    + "undo what was written there.")
        }
    }

    private func migrate() async throws {
        do {
            _ = try await target.database.migrate(migrations)
        } catch let error as DatabaseError {
            throw target.failure(error)
        }
        let versions = (try await source.appliedVersions(), try await target.appliedVersions())
        guard versions.0 == versions.1 else {
            throw CommandFailure.failed(
                "The schemas are not of the same version: the source \(source.name) is at \(versions.0.max() ?? 0), the "
                    + "target \(target.name) at \(versions.1.max() ?? 0). Use the checkoutctl of the newer one.")
        }
    }

    private func sameTables() async throws -> [TableLayout] {
        let ours = try await source.read { try DatabaseCatalog(reading: $0).tables }
        let theirs = try await target.read { try DatabaseCatalog(reading: $0).tables }
        let faults = Self.differences(ours, theirs) + theirs.compactMap(\.obstacle)
        guard faults.isEmpty else {
            throw CommandFailure.failed(
                "What is only in one of the databases, or unlike in both, cannot be copied: "
                    + "\(faults.joined(separator: "; ")). Nothing was copied.")
        }
        return try CopyOrder.parentsFirst(theirs)
    }

    static func differences(_ source: [TableLayout], _ target: [TableLayout]) -> [String] {
        let theirs = Dictionary(uniqueKeysWithValues: target.map { ($0.name, $0) })
        let ours = Set(source.map(\.name))
        return source.flatMap { table in
            theirs[table.name].map { table.differences(from: $0) } ?? ["table \(table.name) is only in the source"]
        } + target.filter { !ours.contains($0.name) }.map { "table \($0.name) is only in the target" }
    }
}

extension CopySide {
    fileprivate func appliedVersions() async throws -> Set<Int64> {
        try await read { connection in
            Set(try connection.rows("SELECT version FROM schema_migrations").map { try $0.get("version") })
        }
    }
}
