import Dispatch
import Foundation
import Logging
import Synchronization

/// One thread that writes, some that read, and one that watches for other processes' commits.
final class SQLiteEngine: Engine {
    private let hub = WakeUpHub()
    private let bell: SQLiteBell
    private let writes: WorkQueue<any Transaction>
    private let reads: WorkQueue<any Transaction>
    private let running = DispatchGroup()
    private let watch = Mutex<SQLiteWatcher?>(nil)
    private let logger: Logger

    init(path: String, options: DatabaseOptions, logger: Logger) throws(DatabaseError) {
        writes = WorkQueue(limit: options.waitingLimit)
        reads = WorkQueue(limit: options.waitingLimit)
        self.logger = logger
        try Self.prepareFile(at: path)
        // Opened once here, so that a wrong path or a damaged file is told at the start and not at the first request.
        let first = try SQLiteConnection(path: path, role: .writer, options: options)
        bell = try SQLiteBell(database: first.fileName ?? path)
        spawn("sqlite-writer") { [writes, hub, bell] in
            let connection = try SQLiteConnection(path: path, role: .writer, options: options)
            SQLiteWriter(connection, hub: hub, bell: bell).serve(writes)
        }
        for index in 0..<max(1, options.readers) {
            spawn("sqlite-reader-\(index)") { [reads] in
                try SQLiteReader(SQLiteConnection(path: path, role: .reader, options: options)).serve(reads)
            }
        }
    }

    func read(_ transaction: any Transaction) {
        if let refusal = reads.push(transaction) { transaction.fail(refusal) }
    }

    func write(_ transaction: any Transaction) {
        if let refusal = writes.push(transaction) { transaction.fail(refusal) }
    }

    func wakeUps(on channel: String) -> AsyncStream<Void> {
        watch.withLock { watcher in
            if watcher == nil {
                let new = SQLiteWatcher(bell: bell, hub: hub)
                spawn("sqlite-watcher") { new.serve() }
                watcher = new
            }
        }
        return hub.stream(on: channel)
    }

    func close() async {
        writes.close()
        reads.close()
        watch.withLock { $0?.stop() }
        hub.close()
        await withCheckedContinuation { continuation in
            running.notify(queue: .global()) { continuation.resume() }
        }
    }

    private func spawn(_ name: String, _ body: @escaping @Sendable () throws -> Void) {
        running.enter()
        let thread = Thread { [running, logger, writes, reads] in
            defer { running.leave() }
            do {
                try body()
            } catch {
                // The file could be opened a moment ago. Without this thread nothing is served, so nothing is taken in.
                logger.critical("Database thread ended", metadata: ["thread": "\(name)", "error": "\(error)"])
                for queue in [writes, reads] {
                    queue.close()
                    while let waiting = queue.take(.max) { for transaction in waiting { transaction.fail(error) } }
                }
            }
        }
        thread.name = name
        thread.start()
    }

    private static func prepareFile(at path: String) throws(DatabaseError) {
        let files = FileManager.default
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        do {
            try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw DatabaseError(.storage, "The folder \(folder) of the SQLite file cannot be made.")
        }
        // Orders and client secrets are nobody else's on this host.
        if !files.fileExists(atPath: path) {
            _ = files.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
        }
    }
}
