import ArgumentParser
import Messaging

struct EventsReplayCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Apply events once more, those named or all that fit.",
        discussion: """
            For orders that missed an event: after a mistake was mended, or a tenant's settings were. It does no harm \
            to an order that an event has moved already: a repeated or late event never moves one backwards, and no \
            message is sent twice.

                checkoutctl events replay whe_… --reason "the key was revoked"
                checkoutctl events replay --since 2026-11-22T10:00:00Z --dry-run
                checkoutctl events replay --state failed --tenant ten_… --reason "…"

            Live events go first: the jobs of a replay have low priority. Events that a job waits for already are left \
            alone, and so are those of the other mode or of another account. Ctrl-C stops a long replay between two \
            steps and says where; nothing that was done is lost. Each run has one entry in the audit log, with the \
            reason and what it did, however it ended.
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("Their ids.", valueName: "whe_…")) var events: [String] = []
    @OptionGroup var filter: EventFilterOptions
    @Option(help: ArgumentHelp("Go on where an earlier run with the same filter stopped.", valueName: "whe_…"))
    var after: String?
    @Flag(help: "Only count what would be replayed.") var dryRun = false
    @OptionGroup var why: ReasonOptions

    func validate() throws {
        if events.isEmpty, filter.isEmpty {
            throw ValidationError(
                "Name events (whe_… …), or choose them by --since, --until, --type, --tenant or --state.")
        }
        if !events.isEmpty, !filter.isEmpty || after != nil {
            throw ValidationError("Give events by their ids or by a filter, not both.")
        }
        if events.count > 1000 {
            throw ValidationError("Name at most 1000 events, or choose them by a filter.")
        }
        if let state = filter.state, state == .pending || state == .kept {
            throw ValidationError(
                state == .pending
                    ? "--state: a job waits for every pending event already; 'checkoutctl jobs list' shows them."
                    : "--state: kept events are of the other mode or of another account, and never applied.")
        }
        if dryRun, after != nil {
            throw ValidationError("--dry-run counts everything that fits: leave out --after.")
        }
        if let after { _ = try EventID(cursor: after, of: "--after") }
        if try why.given == nil, !dryRun {
            throw ValidationError("--reason: say in a few words why; it goes into the audit log.")
        }
    }

    func run(in session: Session) async throws {
        let selection = try await selection(in: session)
        if dryRun {
            return try await forecast(selection, session)
        }
        // What an earlier run did is not told apart by a count.
        let total = after == nil ? try await EventInbox(session.database).count(selection.events) : nil
        let replay = EventReplay(selection: selection, reason: try why.given ?? "", database: session.database)
        let progress = Progress("events", total: total)
        let interruption = Interruption()
        defer { progress.end() }
        let tally = try await replay.run { tally in
            // First: who sees how far it is and then stops it stops it behind the next step.
            let goesOn = !interruption.isAsked
            progress.show(done: tally.seen)
            return goesOn
        }
        progress.end()
        let ending: [String: JSON] = ["finished": .bool(tally.isFinished), "after": .text(tally.last?.rawValue)]
        try session.output.print(
            ReplayTally.json(tally.fields.merging(ending) { own, _ in own }, isDryRun: false), tally.text)
        if let fault = tally.fault(total: total) { throw CommandFailure.failed(fault) }
    }

    private func selection(in session: Session) async throws -> ReplaySelection {
        guard !events.isEmpty else { return try await .fitting(filter, after: after, in: session) }
        let ids = events.map { EventID(rawValue: $0) }
        return try await .named(ids.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }, in: session)
    }

    private func forecast(_ selection: ReplaySelection, _ session: Session) async throws {
        let inbox = EventInbox(session.database)
        let selected = try await inbox.count(selection.events)
        var skipped = 0
        for state in [EventState.pending, .kept] where filter.state == nil {
            var part = selection.events
            part.state = state
            skipped += try await inbox.count(part)
        }
        try session.output.print(
            ReplayTally.json(
                [
                    "selected": .int(Int64(selected)), "replayed": .int(Int64(selected - skipped)),
                    "skipped": .int(Int64(skipped)),
                ], isDryRun: true),
            ReplayTally.forecast(selected: selected, skipped: skipped))
    }
}
