import Dispatch
import Foundation
import Logging
import Synchronization

/// A pool of threads, each with a libpq connection of its own, and one that listens.
final class PostgresEngine: Engine {
    private let url: String
    private let options: DatabaseOptions
    private let logger: Logger
    private let hub = WakeUpHub()
    private let work: WorkQueue<PostgresWork>
    private let running = DispatchGroup()
    private let listener = Mutex<PostgresListener?>(nil)

    init(url: String, options: DatabaseOptions, logger: Logger) {
        self.url = url
        self.options = options
        self.logger = logger
        work = WorkQueue(limit: options.waitingLimit)
        let bell = PostgresBell()
        let pool = PostgresPoolState()
        for index in 0..<max(1, options.connections) {
            spawn("postgres-\(index)") { [url, options, hub, work, logger] in
                let session = PostgresSession(url: url, options: options, pool: pool, logger: logger)
                PostgresServer(session, hub: hub, bell: bell).serve(work)
            }
        }
    }

    func read(_ transaction: any Transaction) { push(PostgresWork(transaction: transaction, isRead: true)) }

    func write(_ transaction: any Transaction) { push(PostgresWork(transaction: transaction, isRead: false)) }

    func wakeUps(on channel: String) -> AsyncStream<Void> {
        listener.withLock { listener in
            if listener == nil {
                let new = PostgresListener(hub: hub)
                spawn("postgres-listener") { [url, options, logger] in
                    new.serve(PostgresSession(url: url, options: options, logger: logger))
                }
                listener = new
            }
        }
        return hub.stream(on: channel)
    }

    func close() async {
        work.close()
        listener.withLock { $0?.stop() }
        hub.close()
        await withCheckedContinuation { continuation in
            running.notify(queue: .global()) { continuation.resume() }
        }
    }

    private func push(_ item: PostgresWork) {
        if let refusal = work.push(item) { item.transaction.fail(refusal) }
    }

    private func spawn(_ name: String, _ body: @escaping @Sendable () -> Void) {
        running.enter()
        let thread = Thread { [running] in
            defer { running.leave() }
            body()
        }
        thread.name = name
        thread.start()
    }
}

struct PostgresWork: Sendable {
    let transaction: any Transaction
    let isRead: Bool

    /// One message to the server: neither a relaxed write nor a lock costs a round trip more.
    var beginning: String {
        if isRead { return "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY" }
        let durability = transaction.durability == .synced ? "" : "; SET LOCAL synchronous_commit = off"
        // By name: a server may have another default, under which claims that wait for the lock would fail.
        return "BEGIN ISOLATION LEVEL READ COMMITTED\(durability)"
            + (transaction.lock.map { "; SELECT pg_advisory_xact_lock(\($0))" } ?? "")
    }
}

/// Which channels have news that no thread has sent yet. Whoever takes a channel's bell sends one NOTIFY for all commits
/// before it, so that a busy pool sends few.
final class PostgresBell: Sendable {
    private let rung = Mutex<Set<String>>([])

    func ring(_ channels: Set<String>) { rung.withLock { $0.formUnion(channels) } }

    func take() -> Set<String> {
        rung.withLock { rung in
            defer { rung = [] }
            return rung
        }
    }
}
