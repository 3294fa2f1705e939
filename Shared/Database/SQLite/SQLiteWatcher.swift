import Synchronization

/// The thread that sleeps until another process, or another `Database` of this one, rings.
final class SQLiteWatcher: Sendable {
    private let bell: SQLiteBell
    private let hub: WakeUpHub
    private let isStopped = Atomic(false)
    private let counter: WakeCounter
    private let start: WakeCounter.Reading

    /// What is rung from here on is not missed, however late `serve` gets its thread.
    init(bell: SQLiteBell, hub: WakeUpHub) {
        self.bell = bell
        self.hub = hub
        counter = bell.counter
        start = counter.reading()
    }

    /// Other processes see this as a spurious wake-up.
    func stop() {
        isStopped.store(true, ordering: .sequentiallyConsistent)
        bell.ring()
    }

    func serve() {
        var counter = counter
        var seen = start
        while !isStopped.load(ordering: .sequentiallyConsistent) {
            counter.wait(beyond: seen)
            let current = bell.counter
            let reading = current.reading()
            // Somebody may have rung with a new file before this one was missed.
            if current !== counter || reading.others != seen.others { hub.signalAll() }
            (counter, seen) = (current, reading)
        }
    }
}
