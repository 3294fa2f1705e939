#if DEBUG
    import Database
    @testable import Messaging

    extension Held {
        var leases: [Lease] { get throws { try ([eventJob] + deliveries).map { try $0.lease } } }
        var dutyTurn: DutyTurn { get throws { DutyTurn(duty: Sample.heldDuty, holder: dutyHolder) } }
    }

    extension Held.Job {
        var lease: Lease { get throws { Lease(job: JobID(rawValue: id), token: token) } }
    }

    /// What only a worker does.
    extension JobQueue {
        func finish(_ lease: Lease) async throws { try await completeWithOthers(lease) }
        func handBack(_ leases: [Lease], reason: String) async throws { try await release(leases, reason: reason) }
    }
#else
    import Messaging

    /// A release builds this program as it builds all others, but it has no fault point and nobody makes leases up.
    struct DebugBuildsOnly: Error {}

    extension Held {
        var leases: [Lease] { get throws { throw DebugBuildsOnly() } }
        var dutyTurn: DutyTurn { get throws { throw DebugBuildsOnly() } }
    }

    extension Held.Job {
        var lease: Lease { get throws { throw DebugBuildsOnly() } }
    }

    extension JobQueue {
        func finish(_ lease: Lease) async throws { throw DebugBuildsOnly() }
        func handBack(_ leases: [Lease], reason: String) async throws { throw DebugBuildsOnly() }
    }
#endif
