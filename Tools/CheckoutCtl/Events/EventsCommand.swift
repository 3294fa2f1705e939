import ArgumentParser
import Messaging

struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "The webhook events that Stripe sent, and applying them again.",
        discussion: """
            States: 'pending' has a job that will apply it, 'applied' is where its order is or was, 'ignored' is of \
            nothing of ours, 'kept' is of the other mode or of another account and never applied, 'failed' has its job \
            among the dead letters, or did not fit its order.
            """,
        subcommands: [EventsListCommand.self, EventsShowCommand.self, EventsReplayCommand.self])
}

extension EventState: ExpressibleByArgument {}
