import ArgumentParser
import Database
import Messaging

/// Times single claims; what was claimed is completed and replaced, so that the table stays as full as it was.
struct ClaimCost: AsyncParsableCommand {
    @OptionGroup var target: Target
    @Option var samples = 100
    @Option var batch = 100

    private struct Figures: Encodable {
        var claim: [Double] = []
        var complete: [Double] = []
    }

    /// Prints the ms that each claim and each completion took.
    func run() async throws {
        try printJSON(
            try await target.withQueue { queue in
                var figures = Figures()
                for sample in 0..<Self.warmUps + samples {
                    let start = Clock.now
                    let claimed = try await queue.claim([BenchmarkJob.kind], limit: batch, lease: .seconds(60))
                    let middle = Clock.now
                    let lost = try await queue.complete(claimed.map(\.lease))
                    let end = Clock.now
                    guard claimed.count == batch, lost.isEmpty else {
                        throw WrongResult("\(claimed.count) jobs were claimed and \(lost.count) of them lost")
                    }
                    try await replace(claimed, in: queue)
                    if sample < Self.warmUps { continue }
                    figures.claim.append(Double(middle - start) / 1e6)
                    figures.complete.append(Double(end - middle) / 1e6)
                }
                return figures
            })
    }

    /// Until PostgreSQL has settled on its plans and both engines have read what they need.
    private static let warmUps = 20

    private func replace(_ jobs: [ClaimedJob], in queue: JobQueue) async throws {
        let ids = IDList(jobs.map(\.id.rawValue))
        let fresh = try jobs.map { job in
            try NewJob(
                BenchmarkJob.kind, tenant: job.tenant, payload: ["number": job.id.rawValue],
                subject: "ord_again_\(job.id)")
        }
        try await queue.database.write { connection in
            try connection.execute("DELETE FROM jobs WHERE \(connection.dialect.isMember("id", of: "$1"))", ids)
            for job in fresh { try JobQueue.enqueue(job, in: connection) }
        }
    }
}
