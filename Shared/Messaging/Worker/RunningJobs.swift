import Synchronization

/// The jobs that this worker holds: how many more it may take, how long each lease is sure, and how to stop each job.
///
/// Only the database knows whether a lease holds. A worker that cannot ask it counts along: a lease lasts for its time
/// from the moment before it was asked for, by a clock that goes on while the process is suspended. When that is over
/// without a renewal, another worker may have the job already, so it is told to stop here. A job whose end is being stored
/// is left alone: there the fence decides, and a lease that is gone may just have been used.
final class RunningJobs: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// Why a job is told to stop.
    enum StopReason {
        case shutdown, leaseLost
    }

    private struct Entry {
        let isSuspect: Bool
        let begin: Instant
        /// The lease lasts until then at least.
        var end: Instant
        var stop: (@Sendable (StopReason) -> Void)?
        var stopReason: StopReason?
        /// Its end is being stored, or is.
        var isEnding = false
        var isLost = false
        /// When its handler was given up: told to stop, it did not.
        var givenUp: Instant?
    }

    private struct State {
        var entries: [Lease: Entry] = [:]
        /// All were told to stop; so is what comes later.
        var isStopped = false
        var freed: (@Sendable () -> Void)?
        var renewals = 0
    }

    /// One renewal that hangs must not keep the next from trying.
    private static let renewalLimit = 2

    private let state = Mutex(State())
    private let limit: Int
    private let lease: Duration
    let endPauses: [Duration]

    /// - Parameter endPauses: see `storeEnd`.
    init(limit: Int, lease: Duration = .seconds(30), endPauses: [Duration] = RunningJobs.endPauses) {
        self.limit = limit
        self.lease = lease
        self.endPauses = endPauses
    }

    // MARK: Places

    var free: Int { state.withLock { limit - $0.entries.count } }

    /// How many places are taken by handlers that were given up.
    var givenUp: Int { state.withLock { $0.entries.values.count { $0.givenUp != nil } } }

    /// Whether a job runs whose worker did not survive it before, and that has not yet lived for a lease: after that it is
    /// not one that kills its worker as it begins.
    func hasNewSuspect(at now: Instant = .now) -> Bool {
        state.withLock { $0.entries.values.contains { $0.isSuspect && now < $0.begin + lease } }
    }

    /// Whether every place is taken by a handler that was given up a lease ago. A call to a database that hangs ends by
    /// itself in that time.
    func isStuck(at now: Instant = .now) -> Bool {
        state.withLock { state in
            state.entries.count >= limit
                && state.entries.values.allSatisfy { $0.givenUp.map { $0 + lease <= now } ?? false }
        }
    }

    func whenFreed(_ action: @escaping @Sendable () -> Void) { state.withLock { $0.freed = action } }

    /// - Parameter claimed: before the claim was sent.
    func add(_ job: ClaimedJob, claimed: Instant = .now) {
        state.withLock { state in
            state.entries[job.lease] = Entry(
                isSuspect: job.isSuspect, begin: claimed, end: claimed + lease,
                stopReason: state.isStopped ? .shutdown : nil)
        }
    }

    func remove(_ lease: Lease) {
        let freed = state.withLock { state in
            state.entries[lease] = nil
            return state.freed
        }
        freed?()
    }

    // MARK: Leases

    /// The leases to renew now; `nil` while too many renewals are under way. Say when this one has ended.
    func beginRenewal() -> [Lease]? {
        state.withLock { state in
            guard state.renewals < Self.renewalLimit else { return nil }
            state.renewals += 1
            return state.entries.filter { !$0.value.isLost && $0.value.givenUp == nil }.map(\.key)
        }
    }

    func endRenewal() { state.withLock { $0.renewals -= 1 } }

    /// Takes the answer to a renewal of `leases`, and tells the jobs of those that are `missing` to stop.
    /// - Parameter sent: before it was sent.
    /// - Returns: those that were lost.
    func renewed(_ leases: [Lease], missing: [Lease], sent: Instant) -> [Lease] {
        state.withLock { state in
            for lease in Set(leases).subtracting(missing) {
                // A renewal that hung may be answered after a later one.
                guard let end = state.entries[lease]?.end else { continue }
                state.entries[lease]?.end = max(end, sent + self.lease)
            }
        }
        return lose { missing.contains($0) && !$1.isEnding }
    }

    /// Tells the jobs to stop whose leases may be over at `moment`.
    /// - Returns: those leases.
    func loseLeases(endingBy moment: Instant) -> [Lease] { lose { $1.end <= moment && !$1.isEnding } }

    private func lose(_ isLost: (Lease, Entry) -> Bool) -> [Lease] {
        let lost = state.withLock { state in
            let lost = state.entries.filter { !$0.value.isLost && isLost($0.key, $0.value) }.map(\.key)
            for lease in lost { state.entries[lease]?.isLost = true }
            return lost
        }
        for lease in lost { stop(lease, because: .leaseLost) }
        return lost
    }

    /// Whether the lease lasts for `time` from now.
    func holds(_ lease: Lease, for time: Duration) -> Bool {
        state.withLock { state in
            guard let entry = state.entries[lease] else { return false }
            return !entry.isLost && .now + time < entry.end
        }
    }

    func setEnding(_ lease: Lease, _ isEnding: Bool) {
        state.withLock { $0.entries[lease]?.isEnding = isEnding }
    }

    // MARK: Stopping

    /// How to stop the job; called at once where that was asked before the job began.
    func started(_ lease: Lease, stop: @escaping @Sendable (StopReason) -> Void) {
        let reason = state.withLock { state -> StopReason? in
            guard state.entries[lease] != nil else { return .leaseLost }
            state.entries[lease]?.stop = stop
            return state.entries[lease]?.stopReason
        }
        if let reason { stop(reason) }
    }

    /// Each job is told once.
    private func stop(_ lease: Lease, because reason: StopReason) {
        let stop = state.withLock { state -> (@Sendable (StopReason) -> Void)? in
            guard let entry = state.entries[lease], entry.stopReason == nil else { return nil }
            state.entries[lease]?.stopReason = reason
            return entry.stop
        }
        stop?(reason)
    }

    func stopAll() {
        let leases = state.withLock { state in
            state.isStopped = true
            return Array(state.entries.keys)
        }
        for lease in leases { stop(lease, because: .shutdown) }
    }

    /// The job's handler goes on though it was told to stop; its lease is not renewed any more.
    func giveUp(_ lease: Lease, at now: Instant = .now) { state.withLock { $0.entries[lease]?.givenUp = now } }
}
