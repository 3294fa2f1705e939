import ArgumentParser
import Messaging

struct JobsRetryCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Let workers try dead letters again, with all their attempts.",
        discussion: """
            Mend the cause first: 'checkoutctl jobs show' has every attempt's error. The event of a dead \
            apply_stripe_event job waits again, too. Only a dead letter can be retried; where another job is named, \
            that one is refused, the others are done, and the exit code is 1.

                checkoutctl jobs retry job_42 job_43 --reason "new certificate"
                checkoutctl jobs retry --all-dead --kind deliver_to_storefront
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var letters: DeadLetterOptions
    @OptionGroup var why: ReasonOptions

    func run(in session: Session) async throws {
        try await DeadLetterWork(.retry, letters, reason: try why.given, session).run()
    }
}

struct JobsDiscardCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "discard", abstract: "Give dead letters up: they are kept for a while, and never run again.",
        discussion: """
            What the job was to do does not happen: an order whose order.activated is discarded stays paid. Only a \
            dead letter can be discarded; where another job is named, that one is refused, the others are done, and \
            the exit code is 1.
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var letters: DeadLetterOptions
    @OptionGroup var why: ReasonOptions

    func run(in session: Session) async throws {
        try await DeadLetterWork(.discard, letters, reason: try why.given, session).run()
    }
}
