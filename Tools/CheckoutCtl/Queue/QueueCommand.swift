import ArgumentParser

struct QueueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue", abstract: "The work that waits for the workers: how much, and who may have how much.",
        discussion: """
            Jobs of two kinds are done by the workers: apply_stripe_event moves an order by an event of its inbox, \
            deliver_to_storefront tells a storefront of it. 'checkoutctl jobs' looks at single jobs.
            """,
        subcommands: [
            QueueStatsCommand.self, QueuePauseCommand.self, QueueResumeCommand.self, QueueShareCommand.self,
        ])
}
