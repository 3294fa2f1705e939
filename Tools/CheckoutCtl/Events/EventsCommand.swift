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

extension EventID {
    /// Where a list or a replay goes on. The event itself may be gone; but with anything else than an id it would go on
    /// anywhere.
    init(cursor: String, of option: String) throws {
        let isID = cursor.hasPrefix(Self.prefix) && cursor.utf8.count >= 30
        guard isID else {
            throw ValidationError(
                "\(option): '\(cursor)' is no event's id; one is \(Self.prefix) and 26 characters more.")
        }
        self.init(rawValue: cursor)
    }
}
