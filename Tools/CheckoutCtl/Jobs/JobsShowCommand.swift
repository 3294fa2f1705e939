import ArgumentParser
import Messaging

struct JobsShowCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "A job with what it is to do, and every attempt that failed.",
        discussion: "Secrets in the payload are masked.")

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("Its id: job_42.", valueName: "job_…")) var job: JobID

    func run(in session: Session) async throws {
        let queue = JobQueue(session.database)
        guard let row = try await queue.job(job) else {
            throw CommandFailure.failed("No such job: '\(job)'. 'checkoutctl jobs list' shows them all.")
        }
        let view = JobView(
            row: row, payload: try await queue.payload(of: job), attempts: try await queue.attempts(of: job))
        try session.output.print(view.json, view.text)
    }
}
