import ArgumentParser
import Commerce
import Database
import Messaging

struct QueueShareCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "share", abstract: "How much of the workers a tenant gets when there is not enough for all.",
        discussion: """
            Tenants whose jobs wait share the workers by weight: one of weight 3 gets three places for every one of a \
            tenant of weight 1. Places that nobody else wants are anyone's, so a weight only counts in a rush.

            A limit is how many jobs of the tenant run at once, in all workers together, however idle they are. What \
            is not named stays as it is.
            """)

    @OptionGroup var common: CommonOptions
    @Option(help: ArgumentHelp("The tenant.", valueName: "ten_…")) var tenant: String
    @Option(help: ArgumentHelp("Its weight, from 1 to 1000; 1 unless set.", valueName: "n")) var weight: Int?
    @Option(help: ArgumentHelp("The most jobs at once, from 1 on, or 'none'.", valueName: "n|none")) var limit:
        JobLimit?
    @OptionGroup var why: ReasonOptions

    func validate() throws {
        guard weight != nil || limit != nil else {
            throw ValidationError("Say what to change: --weight N, --limit N or none, or both.")
        }
        if let weight, !(1...1000).contains(weight) {
            throw ValidationError("--weight: give a number from 1 to 1000; 'queue pause' stops a tenant's jobs.")
        }
    }

    func run(in session: Session) async throws {
        let tenant = try await session.tenant(tenant).id
        let old = try await JobQueue(session.database).shares().first { $0.tenant == tenant }
        let weight = weight ?? old?.weight ?? 1
        let limit = if let limit { limit.jobs } else { old?.limit }
        let json = QueueView.share(of: tenant, weight: weight, limit: limit)
        let entry = try AuditEntry("queue.share", tenant.rawValue, reason: try why.given, details: json)
        try await session.database.write { connection in
            try JobQueue.setShare(of: tenant, weight: weight, limit: limit, in: connection)
            try AuditLog.record(entry, in: connection)
        }
        let most = limit.map { "at most \($0) jobs at once" } ?? "as many jobs at once as there are places"
        try session.output.print(json, "\(tenant): weight \(weight), \(most).")
    }
}

/// The most jobs of a tenant at once: a number, or `none` for no limit.
struct JobLimit: ExpressibleByArgument, Equatable {
    let jobs: Int?

    init?(argument: String) {
        if argument == "none" {
            jobs = nil
            return
        }
        guard let count = Int(argument), (1...1_000_000).contains(count) else { return nil }
        jobs = count
    }
}
