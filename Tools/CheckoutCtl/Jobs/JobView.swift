import Messaging

/// A job as it is shown, its payload and attempts too. Whatever comes from outside passes `Masking`.
struct JobView {
    let row: JobRow
    /// JSON; nil when it is kept no more.
    let payload: String?
    let attempts: [JobAttempt]

    /// The row of a list.
    static func fields(_ row: JobRow) -> [String: JSON] {
        [
            "id": .text(row.id.description), "kind": .text(row.kind.rawValue), "tenant": .text(row.tenant.rawValue),
            "state": .text(row.state), "attempt": .int(Int64(row.attempt)), "run_at": .time(row.runAt),
            "last_error": .text(row.lastError.map(Masking.text)), "subject": .text(row.subject),
            "priority": .text("\(row.priority)"), "max_attempts": .int(Int64(row.maxAttempts)),
            "failures": .int(Int64(row.failures)), "created": .time(row.createdAt),
            "finished_at": .time(row.finishedAt),
        ]
    }

    var json: JSON {
        let more: [String: JSON] = [
            "crashes": .int(Int64(row.crashes)), "payload": maskedPayload,
            "attempts": .list(
                attempts.map {
                    [
                        "attempt": .int(Int64($0.attempt)), "started_at": .time($0.startedAt),
                        "ended_at": .time($0.endedAt), "outcome": .text("\($0.outcome)"),
                        "error": .text(Masking.text($0.error)),
                    ]
                }),
        ]
        return .object(Self.fields(row).merging(more) { own, _ in own })
    }

    var text: String {
        get throws { [details, try payloadText, history].joined(separator: "\n\n") }
    }

    private var details: String {
        var details = Details()
        details.add("Job", row.id.description)
        details.add("Kind", row.kind.rawValue)
        details.add("State", row.state)
        details.add("Tenant", row.tenant.rawValue)
        details.add("Subject", row.subject)
        details.add("Priority", "\(row.priority)")
        details.add("Attempt", "\(row.attempt) of at most \(row.maxAttempts)")
        details.add("Failures", "\(row.failures)")
        if row.crashes > 0 {
            details.add("Crashes", "\(row.crashes): its worker did not outlive it, or lost the database")
        }
        details.add("Run at", Moment.text(row.runAt))
        details.add("Created", Moment.text(row.createdAt))
        details.add("Finished", Moment.text(row.finishedAt))
        details.add("Last error", row.lastError.map(Masking.text))
        return details.text
    }

    private var maskedPayload: JSON { payload.map { Masking.json($0) } ?? .null }

    private var payloadText: String {
        get throws {
            guard payload != nil else { return "Its payload is kept no more." }
            return "Payload\n" + TerminalText.lines(try maskedPayload.indented)
        }
    }

    private var history: String {
        var table = Table([
            ("ATTEMPT", .right), ("STARTED", .left), ("ENDED", .left), ("OUTCOME", .left), ("ERROR", .left),
        ])
        for one in attempts {
            table.add(
                "\(one.attempt)", Moment.text(one.startedAt) ?? "", Moment.text(one.endedAt) ?? "", "\(one.outcome)",
                Masking.text(one.error))
        }
        return table.text(empty: "No attempt of it has failed.")
    }

    /// As much of an error as fits a list's line.
    static func excerpt(_ text: String) -> String {
        text.count > 80 ? text.prefix(79) + "…" : text
    }
}
