import Database
import Messaging

/// What becomes of a dead letter by an operator's word.
enum DeadLetterChange: String, Sendable {
    case retry, discard

    var done: String { self == .retry ? "retried" : "discarded" }

    /// Makes the change, and its entry in the audit log, in the caller's transaction.
    /// - Parameter event: what the job applies, which failed with it: it waits again or is settled with it. Changed first,
    ///   as a replay does: the other way round each could wait for the other.
    /// - Throws: `QueueRefusal`; then the caller takes back what was changed.
    func make(of job: JobID, event: EventID?, reason: String?, in connection: Connection) throws {
        switch self {
        case .retry:
            if let event { try EventInbox.mark(event, .pending, in: connection) }
            try JobQueue.retryDead(job, in: connection)
        case .discard:
            if let event { try EventInbox.settle(event, in: connection) }
            try JobQueue.discard(job, in: connection)
        }
        try AuditLog.record(
            AuditEntry("job.\(rawValue)", job.description, reason: reason), in: connection)
    }
}
