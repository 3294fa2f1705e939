import Commerce
import Database
import Messaging

/// Gives events a job once more, in steps that do not keep live traffic waiting, each a transaction.
struct EventReplay: Sendable {
    let selection: ReplaySelection
    let reason: String
    let database: Database

    private static let step = 200

    /// - Parameters:
    ///   - total: how many there are, where that is known.
    ///   - goesOn: asked before each step.
    /// - Throws: `CommandFailure` that says how far it came.
    func run(total: Int?, _ goesOn: (ReplayTally) -> Bool) async throws -> ReplayTally {
        var tally = ReplayTally()
        while !tally.isFinished {
            guard goesOn(tally) else {
                try await noteStop(tally)
                throw CommandFailure.failed(tally.stopped("Stopped by Ctrl-C.", total: total))
            }
            do {
                tally = try await step(from: tally)
            } catch  where tally.seen > 0 {
                throw CommandFailure.failed(tally.stopped(CommandFailure(error).message, total: total))
            }
        }
        return tally
    }

    /// The first step has an entry in the audit log, so that a replay that is killed has left its trace, and the last
    /// one has the whole count. Most have one step, which is both.
    private func step(from tally: ReplayTally) async throws -> ReplayTally {
        try await database.write { connection in
            let step = try EventInbox.replay(
                selection.events, after: tally.last ?? selection.after, limit: Self.step,
                job: { try ApplyEventPayload.job(for: $0.id, of: $0.tenant) }, in: connection)
            let sum = tally.adding(seen: step.seen, replayed: step.replayed, last: step.last)
            if sum.seen > 0, tally.seen == 0 || sum.isFinished {
                try AuditLog.record(entry(sum), in: connection)
            }
            return sum
        }
    }

    private func noteStop(_ tally: ReplayTally) async throws {
        guard tally.seen > 0 else { return }
        let entry = try entry(tally)
        try await database.write { try AuditLog.record(entry, in: $0) }
    }

    private func entry(_ tally: ReplayTally) throws -> AuditEntry {
        let details = selection.details.merging(tally.fields) { own, _ in own }
            .merging(["finished": .bool(tally.isFinished), "after": .text(selection.after?.rawValue)]) { own, _ in own }
        return try AuditEntry("event.replay", selection.words, reason: reason, details: .object(details))
    }
}
