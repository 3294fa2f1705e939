import ArgumentParser
import Database
import Messaging

struct QueuePauseCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Let no worker start jobs of a tenant or a kind until 'queue resume'.",
        discussion: """
            Jobs that run now are finished, and new ones are stored as ever: nothing is lost, and webhooks are still \
            answered. A pause lasts over restarts, and holds for every worker.

            While a storefront is mended:
                checkoutctl queue pause --tenant ten_… --kind deliver_to_storefront
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var lanes: LaneOptions
    @OptionGroup var why: ReasonOptions

    func run(in session: Session) async throws {
        let lanes = try await lanes.selector(in: session)
        let queue = JobQueue(session.database)
        let wasPaused = try await queue.pauses().contains { $0.lanes == lanes }
        if !wasPaused {
            let entry = try AuditEntry("queue.pause", lanes.words, reason: try why.given)
            try await session.database.write { connection in
                try JobQueue.pause(lanes, in: connection)
                try AuditLog.record(entry, in: connection)
            }
        }
        try session.output.print(
            .object(
                lanes.json.merging(["object": "queue_pause", "paused": true, "changed": .bool(!wasPaused)]) { own, _ in
                    own
                }),
            wasPaused
                ? "Nothing to do: \(lanes.words) are paused already."
                : """
                Paused: no worker starts \(lanes.words) until 'checkoutctl queue resume \(lanes.flags)'. Those that \
                run now end as ever, and new ones wait.
                """)
    }
}

struct QueueResumeCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Let workers start again what 'queue pause' stopped.",
        discussion: "Name what was paused: 'checkoutctl queue stats' shows it.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var lanes: LaneOptions
    @OptionGroup var why: ReasonOptions

    func run(in session: Session) async throws {
        let lanes = try await lanes.selector(in: session)
        let entry = try AuditEntry("queue.resume", lanes.words, reason: try why.given)
        let wasPaused = try await session.database.write { connection in
            guard try JobQueue.resume(lanes, in: connection) else { return false }
            try AuditLog.record(entry, in: connection)
            return true
        }
        let others = try await JobQueue(session.database).pauses().filter { $0.lanes.overlaps(lanes) }
        try session.output.print(
            .object(
                lanes.json.merging([
                    "object": "queue_pause", "paused": false, "changed": .bool(wasPaused),
                    "still_paused": .list(others.map { QueueView.json($0) }),
                ]) { own, _ in own }),
            Self.text(lanes, wasPaused: wasPaused, stillPaused: others.map(\.lanes)))
    }

    static func text(_ lanes: LaneSelector, wasPaused: Bool, stillPaused: [LaneSelector]) -> String {
        var lines = [
            wasPaused
                ? "Resumed: workers start \(lanes.words) again."
                : "Nothing to do: there is no pause of \(lanes.words)."
        ]
        lines += stillPaused.map { "Still paused: \($0.words) ('checkoutctl queue resume \($0.flags)')." }
        return lines.joined(separator: "\n")
    }
}
