import Dispatch

/// Rings once, at the time that it was last set to. It is set after every look for jobs, thousands of times a second in a
/// busy worker: tasks that sleep instead would pile up, cancelled or not, until their time is over.
final class Alarm {
    private let timer: any DispatchSourceTimer

    init(_ ring: @escaping @Sendable () -> Void) {
        timer = DispatchSource.makeTimerSource()
        timer.setEventHandler(handler: ring)
        timer.activate()
    }

    deinit { timer.cancel() }

    func set(_ wait: Duration) { timer.schedule(deadline: .now() + .microseconds(Int(wait.microseconds))) }
}
