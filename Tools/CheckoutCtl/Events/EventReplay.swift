import Commerce
import Database
import Messaging

/// Gives events a job once more, in steps that do not keep live traffic waiting, each a transaction.
struct EventReplay: Sendable {
    let selection: ReplaySelection
    let reason: String
    let database: Database

    private static let step = 200

    /// - Parameter goesOn: asked before each step.
    /// - Returns: how far it came, and what ended it before its time.
    /// - Throws: what its first step throws; then nothing is done.
    func run(_ goesOn: (ReplayTally) -> Bool) async throws -> ReplayTally {
        var tally = ReplayTally()
        var entry: Int64?
        while !tally.isFinished, tally.end == nil {
            guard goesOn(tally) else {
                tally.stop("Stopped by Ctrl-C.")
                break
            }
            do {
                (tally, entry) = try await step(from: tally, entry)
            } catch  where tally.seen > 0 {
                tally.stop(CommandFailure(error).message)
            }
        }
        return tally
    }

    /// A replay has one entry in the audit log. The first step writes it and each later one counts on in it, in its own
    /// transaction: of a replay that was stopped or killed it tells what was done, and that it did not come to its end.
    private func step(from tally: ReplayTally, _ entry: Int64?) async throws -> (ReplayTally, entry: Int64?) {
        let page = try await EventInbox(database).replayPage(
            of: selection.events, after: tally.last ?? selection.after, limit: Self.step)
        return try await database.write { connection in
            let replayed = try EventInbox.replay(
                page.events, of: selection.events,
                job: { ApplyEventPayload.job(for: $0.id, of: $0.tenant, subject: $0.subject) }, in: connection)
            let sum = tally.adding(seen: page.events.count, replayed: replayed, last: page.last)
            let details = details(sum)
            if let entry {
                try AuditLog.update(entry, details: try details.text(), in: connection)
                return (sum, entry)
            }
            guard sum.seen > 0 else { return (sum, nil) }
            let first = try AuditEntry("event.replay", selection.words, reason: reason, details: details)
            return (sum, try AuditLog.record(first, in: connection))
        }
    }

    private func details(_ tally: ReplayTally) -> JSON {
        let progress: [String: JSON] = [
            "finished": .bool(tally.isFinished), "after": .text(selection.after?.rawValue),
        ]
        return .object([tally.fields, progress].reduce(selection.details) { $0.merging($1) { own, _ in own } })
    }
}
