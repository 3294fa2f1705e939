#if DEBUG
    import Foundation
    import Synchronization
#endif

/// Where crash tests let a process die: with `CHECKOUT_KILL_AT_STATEMENT=N` it sends itself SIGKILL just before its Nth
/// statement, counted over all connections, BEGIN, SAVEPOINT and COMMIT included, what sets up a connection left out.
/// Debug builds only; in a release nothing of it is left.
enum FaultPoint {
    #if DEBUG
        private static let deadly = ProcessInfo.processInfo.environment["CHECKOUT_KILL_AT_STATEMENT"].flatMap(Int.init)
        private static let sent = Atomic(0)
    #endif

    @inline(__always)
    static func beforeStatement() {
        #if DEBUG
            guard let deadly else { return }
            if sent.add(1, ordering: .relaxed).newValue == deadly { kill(getpid(), SIGKILL) }
        #endif
    }
}
