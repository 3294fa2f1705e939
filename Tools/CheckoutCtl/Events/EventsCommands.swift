import ArgumentParser
import Commerce
import Database
import Messaging

struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "The webhook events that Stripe sent.",
        subcommands: [EventsListCommand.self, EventsShowCommand.self])
}

extension EventState: ExpressibleByArgument {}

struct EventsListCommand: OperatorCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Events, the newest first.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var range: ListOptions
    @Option(help: ArgumentHelp("Only this tenant's.", valueName: "ten_…")) var tenant: String?
    @Option(help: "Only those of this type: payment_intent.succeeded …") var type: String?
    @Option(help: "Only those in this state.") var state: EventState?

    func run(in session: Session) async throws {
        let page = try range.page
        let tenant = if let tenant { try await session.tenant(tenant).id } else { TenantID?.none }
        // One more than wanted tells whether there is more.
        let found = try await EventInbox(session.database).events(
            tenant: tenant, type: type, state: state, limit: page.limit + 1,
            before: page.startingAfter.map(EventID.init(rawValue:)))
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
        commandName: "show", abstract: "An event with its body as it was received.")

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("Its id.", valueName: "whe_…")) var event: String

    func run(in session: Session) async throws {
        let id = EventID(rawValue: event)
        guard let event = try await session.database.read({ try EventInbox.event(id, in: $0) }) else {
            throw CommandFailure.failed("No such event: '\(id)'. 'checkoutctl events list' shows them all.")
        }
        try session.output.print(EventView.json(event), EventView.text(event))
    }
}
