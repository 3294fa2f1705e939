import Foundation
import Synchronization

/// Notices the commits of other processes: `PRAGMA data_version` changes with each, and asking costs microseconds, since
/// it reads the shared memory of the write-ahead log only.
final class SQLiteWatcher: Sendable {
    private let hub: WakeUpHub
    private let isStopped = Atomic(false)

    /// A hundred questions a second take about one percent of a core, most of it in waking up.
    private static let interval = 0.01

    init(hub: WakeUpHub) { self.hub = hub }

    func stop() { isStopped.store(true, ordering: .relaxed) }

    func serve(_ connection: SQLiteConnection) throws {
        var seen: [SQLValue]?
        while !isStopped.load(ordering: .relaxed) {
            // A busy or failing file is the writer's to report; this thread only watches.
            if let version = try? connection.run("PRAGMA data_version", []).rows.first?.values {
                if let seen, seen != version { hub.signalAll() }
                seen = version
            }
            Thread.sleep(forTimeInterval: Self.interval)
        }
    }
}
