import Foundation
import Messaging
import QueueOperations
import Testing

/// What processes are killed at: an operation of the services, done by `QueueOperations` as they do it, or an operator's
/// command, done by `checkoutctl` itself.
enum Deed: Sendable, Hashable, CustomTestStringConvertible {
    case service(QueueOperation)
    case command(OperatorCommand)

    static let all = QueueOperation.allCases.map(Deed.service) + OperatorCommand.allCases.map(Deed.command)

    var testDescription: String {
        switch self {
        case .service(let operation): operation.rawValue
        case .command(let command): "checkoutctl: \(command.rawValue)"
        }
    }

    /// - Parameter now: µs since 1970: where the test's clock stands. `checkoutctl` goes by the machine's on SQLite.
    func process(on url: String, now: Int64, _ held: Held) throws -> HelperProcess {
        switch self {
        case .service(let operation):
            let assignment = try JSONEncoder().encode(Assignment(operation, url: url, now: now, held: held))
            return HelperProcess(program: "QueueOperations", arguments: [String(decoding: assignment, as: UTF8.self)])
        case .command(let command):
            let arguments = command.arguments(held) + ["--reason", "a test", "--database-url", url]
            return HelperProcess(program: "checkoutctl", arguments: arguments)
        }
    }

    enum Transactions: Equatable {
        /// As many as this.
        case some(Int)
        /// As many as the inbox or the queue makes of what is asked for at once.
        case any
    }

    var transactions: Transactions {
        switch self {
        case .service(.recordEvents), .service(.completeWithOthers): .any
        case .command(.replay): .some(2)
        case .service, .command: .some(1)
        }
    }

    /// Words of one row that it changes, where a part of it might come to nothing unseen.
    var mark: [String] {
        switch self {
        // Nobody is at work on its subject any more.
        case .service(.claim): ["+ jobs:", "subject=ten_a/freed", "state=leased"]
        case .service(.recordShared): ["+ events:", "tenant_id=ten_c"]
        case .service(.closeBreaker): ["- queue_breakers:", "tenant_id=ten_c"]
        case .service(.retryUnreachable): ["+ queue_breakers:", "failures=5"]
        case .command(.discard): ["- events:", "state=failed", "settled_at=NULL"]
        case .command(.retry): ["+ events:", "evt_failed", "state=pending"]
        case .command(.replay): ["+ audit_log:", #""finished":true"#]
        case .service, .command: []
        }
    }
}

/// What operators change in the queue.
enum OperatorCommand: String, Sendable, CaseIterable {
    case retry, discard, pause, resume, share, replay

    fileprivate func arguments(_ held: Held) -> [String] {
        switch self {
        case .retry, .discard: ["jobs", rawValue, "job_\(held.deadJob)"]
        case .pause: ["queue", "pause", "--tenant", Sample.failingTenant.rawValue]
        case .resume: ["queue", "resume", "--tenant", Sample.deadTenant.rawValue, "--kind", Sample.deliver.rawValue]
        case .share: ["queue", "share", "--tenant", Sample.tenants[1].rawValue, "--weight", "5", "--limit", "none"]
        case .replay: ["events", "replay", "--type", Sample.type]
        }
    }
}
