import ArgumentParser
import Messaging

struct QueueStatsCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "What waits and what died, by kind and state; what is paused, held up or weighted.",
        discussion: """
            States: 'ready' is due now, 'scheduled' later, 'blocked' waits for another job of the same order, 'leased' \
            runs, 'suspect' did not outlive its worker and is tried apart, 'dead' waits for an operator \
            ('checkoutctl jobs list --state dead'). OLDEST is how long the longest waiting job has waited.

            A breaker opens when a tenant's storefront, or the server for every tenant's emails, does not answer: what is \
            meant for it then waits, and one job is let through as a probe at the time shown.
            """)

    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws {
        let queue = JobQueue(session.database)
        let view = QueueView(
            statistics: try await queue.statistics(), pauses: try await queue.pauses(),
            breakers: try await queue.breakers(), shares: try await queue.shares())
        try session.output.print(view.json, view.text)
    }
}
