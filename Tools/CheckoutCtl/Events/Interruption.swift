import Dispatch
import Foundation
import Synchronization

/// Ctrl-C during work in steps: it is noticed, and the work stops between two of them. A second Ctrl-C ends the program
/// at once, as it would without this.
final class Interruption {
    private let asked: Flag
    private let source: any DispatchSourceSignal

    private final class Flag: Sendable {
        let isSet = Atomic(false)
    }

    /// Once this returns, Ctrl-C no longer ends the program.
    init() {
        let asked = Flag()
        let queue = DispatchQueue(label: "interruption")
        source = DispatchSource.makeSignalSource(signal: SIGINT, queue: queue)
        source.setEventHandler {
            guard !asked.isSet.exchange(true, ordering: .relaxed) else { _exit(1) }
            let words = "\nStopping after this step. Ctrl-C once more stops at once; what is done stays done.\n"
            FileHandle.standardError.write(Data(words.utf8))
        }
        let registered = DispatchGroup()
        registered.enter()
        source.setRegistrationHandler { registered.leave() }
        source.activate()
        registered.wait()
        self.asked = asked
    }

    deinit { source.cancel() }

    var isAsked: Bool { asked.isSet.load(ordering: .relaxed) }
}
