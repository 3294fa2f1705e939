import ArgumentParser
import Messaging

/// Which dead letters a command is about: those named, or all, or all of a tenant or kind.
struct DeadLetterOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("The jobs' ids: job_42 …", valueName: "job_…"))
    var jobs: [JobID] = []

    @Flag(help: "Every dead letter, instead of named ones.")
    var allDead = false

    @Option(help: "With --all-dead: only those of this kind.")
    var kind: JobKind?

    @Option(help: ArgumentHelp("With --all-dead: only this tenant's.", valueName: "ten_…"))
    var tenant: String?

    func validate() throws {
        if jobs.isEmpty, !allDead {
            throw ValidationError("Name the jobs (job_42 job_43 …), or give --all-dead.")
        }
        if !jobs.isEmpty, allDead {
            throw ValidationError("--all-dead stands for every dead letter: leave it out, or the ids.")
        }
        if !allDead, kind != nil || tenant != nil {
            throw ValidationError("--kind and --tenant choose among --all-dead; they do not go with ids.")
        }
    }

    /// The jobs, the oldest first.
    func ids(in session: Session) async throws -> [JobID] {
        guard allDead else { return jobs.reduce(into: []) { if !$0.contains($1) { $0.append($1) } } }
        let queue = JobQueue(session.database)
        let filter = JobFilter(
            state: JobState.dead.rawValue, tenant: try await session.tenantID(tenant), kind: kind)
        var found: [JobID] = []
        var page: [JobRow]
        repeat {
            page = try await queue.jobs(filter, limit: 1000, before: found.last)
            found += page.map(\.id)
        } while page.count == 1000
        return found.reversed()
    }
}
