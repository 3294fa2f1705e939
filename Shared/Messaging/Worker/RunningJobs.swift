import Synchronization

/// The jobs that this worker holds: how many more it may take, and how to stop each.
final class RunningJobs: Sendable {
    private struct Entry {
        var cancel: (@Sendable () -> Void)?
        var isCancelled = false
        var isRenewed = true
    }

    private struct State {
        var entries: [Lease: Entry] = [:]
        var freed: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    var free: Int { state.withLock { limit - $0.entries.count } }

    var renewable: [Lease] { state.withLock { $0.entries.filter(\.value.isRenewed).map(\.key) } }

    func whenFreed(_ action: @escaping @Sendable () -> Void) { state.withLock { $0.freed = action } }

    func add(_ lease: Lease) { state.withLock { $0.entries[lease] = Entry() } }

    func remove(_ lease: Lease) {
        let freed = state.withLock { state in
            state.entries[lease] = nil
            return state.freed
        }
        freed?()
    }

    /// How to cancel the job; called at once where that was asked before the job began.
    func started(_ lease: Lease, cancel: @escaping @Sendable () -> Void) {
        let isCancelled = state.withLock { state in
            state.entries[lease]?.cancel = cancel
            return state.entries[lease]?.isCancelled ?? true
        }
        if isCancelled { cancel() }
    }

    /// Lets the lease run out: its handler did not stop when it was told to.
    func stopRenewing(_ lease: Lease) { state.withLock { $0.entries[lease]?.isRenewed = false } }

    /// - Returns: `false` where the job is no longer held.
    @discardableResult
    func cancel(_ lease: Lease) -> Bool {
        let (isHeld, cancel) = state.withLock { state in
            let entry = state.entries[lease]
            state.entries[lease]?.isCancelled = true
            return (entry != nil, entry?.cancel)
        }
        cancel?()
        return isHeld
    }

    func cancelAll() {
        for lease in state.withLock({ Array($0.entries.keys) }) { cancel(lease) }
    }
}
