import Messaging

/// The queue as it is shown.
struct QueueView {
    let statistics: [QueueStatistics]
    let pauses: [QueuePause]
    let breakers: [OpenBreaker]
    let shares: [TenantShare]

    var json: JSON {
        [
            "object": "queue_stats",
            // Ages in seconds.
            "data": .list(
                statistics.map {
                    [
                        "kind": .text($0.kind.rawValue), "state": .text($0.state), "count": .int(Int64($0.count)),
                        "oldest_age": .int($0.oldestAge / 1_000_000),
                    ]
                }),
            "paused": .list(pauses.map { Self.json($0) }),
            "breakers": .list(
                breakers.map {
                    [
                        "tenant": $0.tenant.map { .text($0.rawValue) } ?? .null, "kind": .text($0.kind.rawValue),
                        "failures": .int(Int64($0.failures)), "next_try_at": .time($0.openUntil),
                    ]
                }),
            "shares": .list(shares.map { Self.share(of: $0.tenant, weight: $0.weight, limit: $0.limit) }),
        ]
    }

    static func json(_ pause: QueuePause) -> JSON {
        .object(pause.lanes.json.merging(["since": .time(pause.since)]) { own, _ in own })
    }

    static func share(of tenant: TenantID, weight: Int, limit: Int?) -> JSON {
        [
            "tenant": .text(tenant.rawValue), "weight": .int(Int64(weight)),
            "limit": limit.map { .int(Int64($0)) } ?? .null,
        ]
    }

    /// What waits, and whatever keeps it from being done.
    var text: String {
        ([jobs] + [paused, held, weighted].compactMap { $0 }).joined(separator: "\n\n")
    }

    private var jobs: String {
        var table = Table([("KIND", .left), ("STATE", .left), ("JOBS", .right), ("OLDEST", .right)])
        for row in statistics {
            table.add(
                row.kind.rawValue, row.state, "\(row.count)", row.oldestAge > 0 ? Age.text(row.oldestAge) : "-")
        }
        return table.text(empty: "Nothing waits, nothing runs, nothing is dead.")
    }

    private var paused: String? {
        var table = Table("PAUSED TENANT", "PAUSED KIND", "SINCE")
        for pause in pauses {
            table.add(
                pause.lanes.tenant?.rawValue ?? "every", pause.lanes.kind?.rawValue ?? "every",
                Moment.text(pause.since) ?? "")
        }
        return pauses.isEmpty ? nil : table.text(empty: "")
    }

    private var held: String? {
        var table = Table([
            ("OPEN BREAKER OF", .left), ("KIND", .left), ("FAILURES", .right), ("TRIED NEXT", .left),
        ])
        for breaker in breakers {
            table.add(
                breaker.tenant?.rawValue ?? "every", breaker.kind.rawValue, "\(breaker.failures)",
                Moment.text(breaker.openUntil) ?? "")
        }
        return breakers.isEmpty ? nil : table.text(empty: "")
    }

    private var weighted: String? {
        var table = Table([("SHARE OF", .left), ("WEIGHT", .right), ("LIMIT", .right)])
        for share in shares {
            table.add(share.tenant.rawValue, "\(share.weight)", share.limit.map { "\($0)" } ?? "none")
        }
        return shares.isEmpty ? nil : table.text(empty: "")
    }
}
