import ArgumentParser

struct QueueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue", abstract: "The work that waits for the workers: how much, and who may have how much.",
        discussion: """
            Workers do jobs of six kinds: apply_stripe_event moves an order by an event of the inbox, \
            deliver_to_storefront and send_email tell of it, finish_refund, check_order and reconcile_account find out \
            at Stripe what nobody told us. 'checkoutctl jobs' looks at single jobs.
            """,
        subcommands: [
            QueueStatsCommand.self, QueuePauseCommand.self, QueueResumeCommand.self, QueueShareCommand.self,
        ])
}
