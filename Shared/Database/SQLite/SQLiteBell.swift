import Synchronization

/// The counter through which the processes that share a SQLite file call each other, also after someone removed its file.
final class SQLiteBell: Sendable {
    private let path: String
    private let database: String
    private let held: Mutex<WakeCounter>

    /// - Parameter database: the file's path as SQLite resolved it: processes that come by different links must meet.
    init(database: String) throws(DatabaseError) {
        self.database = database
        path = database + "-wake"
        held = Mutex(try WakeCounter(path: path, database: database))
    }

    func ring() { counter.ring() }

    /// The counter of the file that is there now. Where none can be made, the old one: it still serves this process, and
    /// wake-ups are polled under.
    var counter: WakeCounter {
        held.withLock { held in
            if !held.isInPlace, let new = try? WakeCounter(path: path, database: database) { held = new }
            return held
        }
    }
}
