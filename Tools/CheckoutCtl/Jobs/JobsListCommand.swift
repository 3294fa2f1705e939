import ArgumentParser
import Commerce
import Messaging

struct JobsListCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Jobs, the newest first.",
        discussion: "Done and discarded jobs are kept for a while only; 'checkoutctl queue stats' counts the others.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var range: ListOptions
    @Option(help: "Only those in this state.") var state: JobState?
    @Option(help: ArgumentHelp("Only this tenant's.", valueName: "ten_…")) var tenant: String?
    @Option(help: "Only those of this kind.") var kind: JobKind?

    func validate() throws {
        _ = try cursor
    }

    private var cursor: JobID? {
        get throws {
            guard let after = try range.page.startingAfter else { return nil }
            guard let id = JobID(after) else {
                throw ValidationError("--starting-after: '\(after)' is no job's id; one looks like job_42.")
            }
            return id
        }
    }

    func run(in session: Session) async throws {
        let limit = try range.page.limit
        let filter = JobFilter(state: state?.rawValue, tenant: try await session.tenantID(tenant), kind: kind)
        // One more than wanted tells whether there is more.
        let found = try await JobQueue(session.database).jobs(filter, limit: limit + 1, before: try cursor)
        let rows = Array(found.prefix(limit))
        let hasMore = found.count > rows.count
        try session.output.print(
            .page(rows.map { .object(JobView.fields($0)) }, hasMore: hasMore), table(rows, hasMore))
    }

    private func table(_ rows: [JobRow], _ hasMore: Bool) -> String {
        var table = Table([
            ("JOB", .left), ("KIND", .left), ("STATE", .left), ("ATTEMPT", .right), ("TENANT", .left),
            ("RUN AT", .left), ("LAST ERROR", .left),
        ])
        for row in rows {
            table.add(
                row.id.description, row.kind.rawValue, row.state, "\(row.attempt)", row.tenant.rawValue,
                Moment.text(row.runAt) ?? "", JobView.excerpt(Masking.text(row.lastError ?? "-")))
        }
        return table.text(empty: "There are no such jobs.", hasMore)
    }
}
