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
#endif
