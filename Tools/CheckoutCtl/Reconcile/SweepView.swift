import Commerce
import Messaging

/// How a tenant's sweep ended, as it is shown.
struct SweepView {
    enum End {
        case swept(seen: Int64, missed: Int64)
        /// Another runner is at it.
        case elsewhere
        case failed(String)
    }

    let tenant: Tenant
    let end: End

    var isFailure: Bool { if case .failed = end { true } else { false } }

    static func json(_ views: [SweepView]) -> JSON {
        ["object": "list", "data": .list(views.map(\.json)), "has_more": false]
    }

    private var json: JSON {
        switch end {
        case .swept(let seen, let missed):
            return fields("swept", seen: .int(seen), missed: .int(missed), error: .null)
        case .elsewhere: return fields("elsewhere", seen: .null, missed: .null, error: .null)
        case .failed(let error): return fields("failed", seen: .null, missed: .null, error: .text(error))
        }
    }

    private func fields(_ outcome: String, seen: JSON, missed: JSON, error: JSON) -> JSON {
        [
            "tenant": .text(tenant.id.rawValue), "outcome": .text(outcome), "events": seen, "missed": missed,
            "error": error,
        ]
    }

    static func text(_ views: [SweepView]) -> String {
        var table = Table([("TENANT", .left), ("EVENTS", .right), ("MISSED", .right), ("", .left)])
        for view in views {
            switch view.end {
            case .swept(let seen, let missed):
                table.add(
                    view.tenant.id.rawValue, "\(seen)", "\(missed)", missed > 0 ? "stored; a worker applies them" : "")
            case .elsewhere: table.add(view.tenant.id.rawValue, "", "", "a worker is sweeping it just now")
            case .failed(let error): table.add(view.tenant.id.rawValue, "", "", "failed: \(error)")
            }
        }
        return table.text(empty: "There are no tenants.")
    }
}
