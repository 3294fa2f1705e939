import Foundation
import Synchronization

/// Notices the commits of other processes: `PRAGMA data_version` changes with each, and asking costs microseconds, since
/// it reads the shared memory of the write-ahead log only.
final class SQLiteWatcher: Sendable {
    private let hub: WakeUpHub
    private let isStopped = Atomic(false)

    /// 200 questions a second take a fraction of a percent of a core.
    private static let interval = 0.005

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
