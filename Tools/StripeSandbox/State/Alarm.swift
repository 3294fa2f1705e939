import Synchronization

/// Rings a bell at a time; of several times, at the earliest.
final class Alarm: Sendable {
    private let bell: Bell
    /// When the sleeping task will ring (µs since 1970).
    private let time = Mutex<Int64?>(nil)

    init(_ bell: Bell) {
        self.bell = bell
    }

    /// - Parameters:
    ///   - time: µs since 1970; `now` alike.
    ///   - group: where to sleep until then.
    func set(_ time: Int64, now: Int64, in group: inout DiscardingTaskGroup) {
        let isNew = self.time.withLock { alarm in
            guard alarm.map({ $0 > time || $0 <= now }) ?? true else { return false }
            alarm = time
            return true
        }
        guard isNew else { return }
        group.addTask {
            guard (try? await Task.sleep(for: .microseconds(max(0, time - now)))) != nil else { return }
            self.time.withLock { if $0 == time { $0 = nil } }
            self.bell.ring()
        }
    }
}
