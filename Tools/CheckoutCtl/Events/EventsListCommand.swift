import ArgumentParser
import Commerce
import Database
import Messaging

struct EventsListCommand: OperatorCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Events, the newest first.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var range: ListOptions
    @OptionGroup var filter: EventFilterOptions

    func validate() throws { _ = try cursor }

    private var cursor: EventID? {
        get throws { try range.page.startingAfter.map { try EventID(cursor: $0, of: "--starting-after") } }
    }

    func run(in session: Session) async throws {
        let page = try range.page
        // One more than wanted tells whether there is more.
        let found = try await EventInbox(session.database).events(
            try await filter.selection(in: session), limit: page.limit + 1,
            before: try cursor)
        let rows = Array(found.prefix(page.limit))
        let hasMore = found.count > rows.count
        try session.output.print(
            .page(rows.map { .object(EventView.fields($0)) }, hasMore: hasMore), table(rows, hasMore))
    }

    private func table(_ rows: [EventRow], _ hasMore: Bool) -> String {
        var table = Table("EVENT", "TYPE", "STATE", "MODE", "STRIPE'S ID", "TENANT", "RECEIVED")
        for row in rows {
            table.add(
                row.id.rawValue, row.type, row.state, row.livemode ? "live" : "test", row.stripeEventID,
                row.tenant.rawValue, Moment.text(row.receivedAt) ?? "")
        }
        return table.text(empty: "There are no such events.", hasMore)
    }
}

struct EventsShowCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "An event with its body as it was received.",
        discussion: "But for secrets, which are masked.")

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("Its id.", valueName: "whe_…")) var event: String

    func run(in session: Session) async throws {
        let id = EventID(rawValue: event)
        guard let event = try await session.database.read({ try EventInbox.event(id, in: $0) }) else {
            throw CommandFailure.noSuchEvent(id)
        }
        try session.output.print(EventView.json(event), EventView.text(event))
    }
}

extension CommandFailure {
    static func noSuchEvent(_ id: EventID) -> CommandFailure {
        .failed("No such event: '\(id)'. 'checkoutctl events list' shows them all.")
    }
}
