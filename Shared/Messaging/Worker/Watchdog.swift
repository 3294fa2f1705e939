import Dispatch
import Foundation
import Synchronization

/// Notices from a thread of its own that a worker's heartbeat has stopped: handlers that block their threads instead of
/// awaiting take those of the heartbeat, the time limits and the stops, too.
final class Watchdog: Sendable {
    private let pulse = Atomic(0)
    private let end = DispatchSemaphore(value: 0)

    /// Watches until `stop`.
    /// - Parameter whenSilent: called when there was no beat for `patience`, and again after each further one.
    func start(patience: Duration, whenSilent: @escaping @Sendable () -> Void) {
        let tick = DispatchTimeInterval.microseconds(Int((patience / Silence.limit).microseconds))
        let thread = Thread { [self] in
            var silence = Silence()
            while end.wait(timeout: .now() + tick) == .timedOut {
                if silence.isTooLong(after: pulse.load(ordering: .relaxed)) { whenSilent() }
            }
        }
        thread.name = "watchdog"
        thread.start()
    }

    func beat() { pulse.add(1, ordering: .relaxed) }

    func stop() { end.signal() }
}

/// How many looks in a row found the same pulse. Looks, not time: whoever suspends the process suspends both, and a single
/// late look says nothing about the heart.
struct Silence {
    static let limit = 20

    private var last = 0
    private var looks = 0

    mutating func isTooLong(after pulse: Int) -> Bool {
        looks = pulse == last ? looks + 1 : 0
        last = pulse
        guard looks == Self.limit else { return false }
        looks = 0
        return true
    }
}
