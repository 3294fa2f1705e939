import Synchronization

/// The jobs that this worker holds: how many more it may take, and how to stop each.
final class RunningJobs: Sendable {
    private struct Entry {
        var cancel: (@Sendable () -> Void)?
        var isCancelled = false
        var isRenewed = true
        /// The last heartbeat found no such lease.
        var isMissing = false
        let isSuspect: Bool
    }

    private struct State {
        var entries: [Lease: Entry] = [:]
        /// All were told to stop; so is what comes later.
        var isStopped = false
        var freed: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    var free: Int { state.withLock { limit - $0.entries.count } }

    /// Whether a job runs whose worker did not survive it before.
    var hasSuspect: Bool { state.withLock { $0.entries.values.contains(where: \.isSuspect) } }

    /// Whether every place is taken by a job that was given up and does not end.
    var isStuck: Bool {
        state.withLock { $0.entries.count >= limit && $0.entries.values.allSatisfy { !$0.isRenewed } }
    }

    var renewable: [Lease] { state.withLock { $0.entries.filter(\.value.isRenewed).map(\.key) } }

    func whenFreed(_ action: @escaping @Sendable () -> Void) { state.withLock { $0.freed = action } }

    func add(_ job: ClaimedJob) {
        state.withLock { $0.entries[job.lease] = Entry(isCancelled: $0.isStopped, isSuspect: job.isSuspect) }
    }

    func remove(_ lease: Lease) {
        let freed = state.withLock { state in
            state.entries[lease] = nil
            return state.freed
        }
        freed?()
    }

    /// Those of `leases` that were missing at the last heartbeat, too. A job that is just being completed has no lease any
    /// more, and is gone by the next one.
    func stillMissing(_ leases: [Lease]) -> [Lease] {
        state.withLock { state in
            leases.filter { lease in
                defer { state.entries[lease]?.isMissing = true }
                return state.entries[lease]?.isMissing ?? false
            }
        }
    }

    /// How to cancel the job; called at once where that was asked before the job began.
    func started(_ lease: Lease, cancel: @escaping @Sendable () -> Void) {
        let isCancelled = state.withLock { state in
            state.entries[lease]?.cancel = cancel
            return state.entries[lease]?.isCancelled ?? true
        }
        if isCancelled { cancel() }
    }

    /// The job was given up, though its handler goes on: it did not stop when it was told to.
    func stopRenewing(_ lease: Lease) { state.withLock { $0.entries[lease]?.isRenewed = false } }

    func cancel(_ lease: Lease) {
        let cancel = state.withLock { state in
            state.entries[lease]?.isCancelled = true
            return state.entries[lease]?.cancel
        }
        cancel?()
    }

    func cancelAll() {
        let leases = state.withLock { state in
            state.isStopped = true
            return Array(state.entries.keys)
        }
        for lease in leases { cancel(lease) }
    }
}
