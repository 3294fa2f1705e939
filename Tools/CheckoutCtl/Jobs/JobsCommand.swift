import ArgumentParser

struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs", abstract: "Single jobs: what they are, why they failed, and the dead letters.",
        discussion: """
            A job that failed for good, or too often, becomes a dead letter: it stays until an operator retries or \
            discards it.

                checkoutctl jobs list --state dead   what needs a look
                checkoutctl jobs show job_42         what it was to do, why it failed
                checkoutctl jobs retry job_42        once the cause is mended
                checkoutctl jobs discard job_42      when it is not to be done
            """,
        subcommands: [
            JobsListCommand.self, JobsShowCommand.self, JobsRetryCommand.self, JobsDiscardCommand.self,
        ])
}
