import Commerce
import Database

/// Makes a target hold what a source holds, whatever it holds of it already.
///
/// Nothing of its progress is kept but the target itself: a copy that was killed anywhere goes on by starting again, and a
/// second run costs reading both sides and writing what has changed. Rows are looked up on the other side by their keys,
/// for the engines do not sort alike.
///
/// 1. Mend, in all tables of the target: rows that are gone from the source are deleted, rows that differ are written
///    over. What is left is a part of the source.
/// 2. Fill in what is missing, parents first. A part of the source that grows into the whole meets no constraint.
/// 3. Compare count and digest of every table.
///
/// That holds for a source that stands still. While services write to it, rows may be left out; the comparison finds that
/// out, and the next run puts it right.
///
/// Rows are written without waiting for the disk: what a power cut takes is found missing by the next run, and the synced
/// commit of the marker at the end makes all before it safe.
struct DatabaseCopy: Sendable {
    let source: CopySide
    let target: CopySide
    var migrations = Schema.migrations
    var watcher: any CopyWatcher = SilentWatcher()

    func run() async throws -> CopyResult {
        let (marker, tables) = try await CopyPreparation(source: source, target: target, migrations: migrations).run()
        var result = CopyResult(startedAt: marker.startedAt)
        for table in tables {
            let (written, deleted) = try await mend(table, among: tables)
            result.written += written
            result.deleted += deleted
        }
        for table in tables {
            result.written += try await fill(table)
            try await carryCounter(of: table)
        }
        try await verify(tables, &result)
        try await marker.end(result.contents, isFinished: result.isEqual, in: target)
        return result
    }

    private func mend(
        _ table: TableLayout, among tables: [TableLayout]
    ) async throws -> (written: Int, deleted: Int) {
        let (here, there) = (TableAccess(table, on: target.dialect), TableAccess(table, on: source.dialect))
        var (written, deleted) = (0, 0)
        try await walk(here, on: target, .comparing) { keys in
            async let held = target.read { try here.rows(keys, in: $0) }
            async let wanted = source.read { try there.rows(keys, in: $0) }
            let rights = Dictionary(uniqueKeysWithValues: try await wanted.map { ($0.key, $0) })
            let (old, dialect) = (try await held, target.dialect)
            let gone = old.map(\.key).filter { rights[$0] == nil }
            let changed = try old.compactMap { row -> CopiedRow? in
                guard let right = rights[row.key], right.encoding != row.encoding else { return nil }
                try right.check(for: dialect, in: table)
                return right
            }
            guard !gone.isEmpty || !changed.isEmpty else { return }
            let done = try await target.write(.relaxed) { connection in
                (
                    deleted: try here.deleteWithChildren(gone, among: tables, in: connection),
                    written: try here.mend(changed, among: tables, in: connection)
                )
            }
            deleted += done.deleted
            written += done.written
        }
        return (written, deleted)
    }

    private func fill(_ table: TableLayout) async throws -> Int {
        let (here, there) = (TableAccess(table, on: target.dialect), TableAccess(table, on: source.dialect))
        var written = 0
        try await walk(there, on: source, .copying) { keys in
            let held = try await target.read { try here.existing(keys, in: $0) }
            let missing = keys.filter { !held.contains($0) }
            guard !missing.isEmpty else { return }
            let rows = try await source.read { try there.rows(missing, in: $0) }
            for row in rows { try row.check(for: target.dialect, in: table) }
            written += try await target.write(.relaxed) { try here.fill(rows, in: $0) }
        }
        return written
    }

    /// Goes through a table in the order of the side that it is read from.
    private func walk(
        _ table: TableAccess, on side: CopySide, _ phase: CopyPhase, _ body: ([RowKey]) async throws -> Void
    ) async throws {
        let rows = try await side.read { try table.rowCount(in: $0) }
        try await watcher.begins(phase, table: table.table.name, rows: rows)
        var last: RowKey?
        while true {
            let batches = try await side.read { [last] in try table.page(after: last, in: $0) }
            guard let end = batches.last?.last else { return }
            for keys in batches {
                try await body(keys)
                try watcher.advanced(by: keys.count)
            }
            last = end
        }
    }

    /// Ids go on where the source's would have, behind those of rows that are deleted by now, too.
    private func carryCounter(of table: TableLayout) async throws {
        guard let column = table.counter else { return }
        let counter = RowCounter(table: table.name, column: column)
        guard let value = try await source.read({ try counter.value(in: $0) }) else { return }
        try await target.write { try counter.raise(to: value, in: $0) }
    }

    private func verify(_ tables: [TableLayout], _ result: inout CopyResult) async throws {
        let rows = try await source.rowCount(of: tables) + target.rowCount(of: tables)
        try await watcher.begins(.checking, table: nil, rows: rows)
        let watcher = watcher
        async let ours = source.summaries(of: tables) { try watcher.advanced(by: $0) }
        async let theirs = target.summaries(of: tables) { try watcher.advanced(by: $0) }
        let (left, right) = (try await ours, try await theirs)
        result.tables = tables.compactMap { table in
            guard let source = left[table.name], let target = right[table.name] else { return nil }
            return CopyResult.Table(name: table.name, source: source, target: target)
        }.sorted { $0.name < $1.name }
        result.contents = right.fingerprint
    }
}

extension CopySide {
    fileprivate func rowCount(of tables: [TableLayout]) async throws -> Int {
        let dialect = dialect
        return try await read { connection in
            try tables.reduce(0) { $0 + (try TableAccess($1, on: dialect).rowCount(in: connection)) }
        }
    }
}
