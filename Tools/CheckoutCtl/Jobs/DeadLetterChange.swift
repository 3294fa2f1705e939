import Database
import Messaging

/// What becomes of a dead letter by an operator's word.
enum DeadLetterChange: String, Sendable {
    case retry, discard

    var done: String { self == .retry ? "retried" : "discarded" }

    /// Makes the change, and its entry in the audit log, in the caller's transaction.
    /// - Parameter event: what the job applies: if it had failed with it, it waits again or is settled with it.
    /// - Throws: `QueueRefusal`, and nothing is changed.
    func make(of job: JobID, event: EventID?, reason: String?, in connection: Connection) throws {
        switch self {
        case .retry:
            try JobQueue.retryDead(job, in: connection)
            if let event, try EventInbox.event(event, in: connection)?.row.state == EventState.failed.rawValue {
                try EventInbox.mark(event, .pending, in: connection)
            }
        case .discard:
            try JobQueue.discard(job, in: connection)
            if let event { try EventInbox.settle(event, in: connection) }
        }
        try AuditLog.record(
            AuditEntry("job.\(rawValue)", job.description, reason: reason), in: connection)
    }
}
