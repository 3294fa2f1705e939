/// The result of a copy as it is shown.
struct CopyView {
    let result: CopyResult
    let source: String
    let target: String
    /// Who has the source open.
    let users: [DatabaseUser]

    var json: JSON {
        [
            "object": "database_copy", "source": .text(source), "target": .text(target), "equal": .bool(result.isEqual),
            "started_at": .int(result.startedAt), "rows": .int(Int64(result.rows)),
            "rows_written": .int(Int64(result.written)), "rows_deleted": .int(Int64(result.deleted)),
            "tables": .list(result.tables.map(Self.json)), "source_open_in": .texts(users.map(\.text)),
            "next": .text(next),
        ]
    }

    var text: String {
        var table = Table([
            ("TABLE", .left), ("SOURCE ROWS", .right), ("TARGET ROWS", .right), ("SOURCE DIGEST", .left),
            ("TARGET DIGEST", .left), ("", .left),
        ])
        for row in result.tables {
            table.add(
                row.name, "\(row.source.rows)", "\(row.target.rows)", String(row.source.digest.text.prefix(16)),
                String(row.target.digest.text.prefix(16)), row.isEqual ? "" : "DIFFERS")
        }
        let work = "This run wrote \(result.written) rows and deleted \(result.deleted)."
        let verdict = "All \(result.tables.count) tables are equal: \(result.rows) rows. \(work)"
        let end = result.isEqual ? [verdict, next] : [work]
        return ([table.text(empty: "There are no tables.")] + end).joined(separator: "\n\n")
    }

    /// What the operator does now, with the running services above all.
    var next: String {
        let secrets = target.hasPrefix("postgres:") ? ", with its user and password," : ""
        let start = "set DATABASE_URL to \(target)\(secrets) in all three services and start them"
        if !result.isEqual {
            return
                "Stop the three services, run the same command again (it copies only what has changed), then "
                + "\(start)."
        }
        if !users.isEmpty {
            return
                "Not yet to be used: the source is open in \(users.map(\.text).joined(separator: ", ")), and what is "
                + "written there from now on is not in the copy. Stop the three services, run the same command again "
                + "(it copies only what has changed), then \(start)."
        }
        return
            "Next: with the services stopped since before this run, \(start). \(source) stayed as it was and must not be "
            + "used any more: a service that runs on it would accept events that nobody sees."
    }

    private static func json(_ table: CopyResult.Table) -> JSON {
        [
            "table": .text(table.name), "equal": .bool(table.isEqual), "source": json(table.source),
            "target": json(table.target),
        ]
    }

    private static func json(_ summary: TableSummary) -> JSON {
        ["rows": .int(Int64(summary.rows)), "digest": .text(summary.digest.text)]
    }
}
