import Database
import TestSupport

@testable import Messaging

extension ModelRun {
    private static let invariants = QueueInvariants()

    /// Every job's row and history, and all invariants.
    func compare(after step: Step) async throws {
        let (rows, histories, broken) = try await test.database.read { connection in
            (
                try connection.rows("SELECT \(JobRow.columns) FROM jobs ORDER BY id").map { try JobRow($0) },
                try connection.rows("SELECT job_id, attempt, outcome FROM job_attempts ORDER BY id").map { row in
                    (
                        try row.get("job_id", as: JobID.self),
                        "\(try row.get("attempt", as: Int.self)) \(try row.get("outcome", as: String.self))"
                    )
                },
                try Self.invariants.broken(in: connection)
            )
        }
        if let broken = broken.first { throw Mismatch(broken) }
        try await compareEvents()
        if rows.count != model.jobs.count { throw Mismatch("\(rows.count) jobs, should be \(model.jobs.count)") }
        let history = Dictionary(grouping: histories, by: \.0).mapValues { $0.map(\.1) }
        for row in rows {
            guard let job = model.jobs[row.id] else { throw Mismatch("\(row.id) is unknown") }
            let found = (row.attempt, row.failures, row.crashes, row.runAt)
            if found != (job.attempt, job.failures, job.crashes, job.runAt) || !isLike(row, job, after: step) {
                throw Mismatch("\(row.id) is \(row.state) \(found), should be \(job)")
            }
            if history[row.id] ?? [] != job.history {
                throw Mismatch("\(row.id) has the history \(history[row.id] ?? []), should have \(job.history)")
            }
        }
        let due = try await queues[0].nextDue().map { max(0, $0.microseconds) }
        if due != model.nextDue { throw Mismatch("due in \(due ?? -1) µs, should be \(model.nextDue ?? -1)") }
        try await compareNextClaim(after: step)
    }

    private func compareEvents() async throws {
        let found = try await test.database.read { connection in
            try connection.rows("SELECT id, state, settled_at FROM events").map { row in
                (
                    try row.get("id", as: EventID.self), try row.get("state", as: String.self),
                    try row.get("settled_at", as: Int64?.self)
                )
            }
        }
        if found.count != model.events.count {
            throw Mismatch("\(found.count) events, should be \(model.events.count)")
        }
        for (id, state, settledAt) in found {
            guard let event = model.events[id] else { throw Mismatch("\(id) is unknown") }
            if (state, settledAt) != (event.state.rawValue, event.settledAt) {
                throw Mismatch("\(id) is \(state), settled \(settledAt ?? 0); should be \(event)")
            }
        }
    }

    /// An idle worker must not put a claim off that would find something, nor claim again where one just left nothing.
    private func compareNextClaim(after step: Step) async throws {
        let isNow = try await queues[0].nextClaim(Step.kinds).map { $0 <= .zero } ?? false
        if model.isClaimable, !isNow { throw Mismatch("a claim would find something and is put off") }
        // Jobs that wait for a subject may take several claims to come to the head of it.
        guard case .claim(_, Step.kinds, let limit, _, true) = step, leases.count - leasesBefore < limit,
            model.dueJobs.allSatisfy({ $0.subject == nil && $0.crashes == 0 })
        else { return }
        if isNow { throw Mismatch("a claim has just left nothing, and is asked for again") }
    }

    private func isLike(_ row: JobRow, _ job: QueueModel.Job, after step: Step) -> Bool {
        switch job.state {
        case .leased: row.state == "leased"
        case .done: row.state == "done"
        case .dead: row.state == "dead"
        case .discarded: row.state == "discarded"
        case .waiting where job.runAt > model.now: row.state == "scheduled"
        case .waiting:
            switch row.state {
            case "blocked": job.subject != nil
            case "ready": job.crashes == 0
            case "suspect": job.crashes > 0
            // Whoever claims next finds it.
            case "scheduled": if case .claim = step { false } else { true }
            default: false
            }
        }
    }
}
