import Database

/// The jobs at the head of a tenant's lanes, in the order in which they are due.
struct LaneHeads {
    struct Head {
        let id: JobID
        let kind: JobKind
        let subject: String?
        /// Whether another job of the subject is leased.
        let isBusy: Bool
        /// What the jobs of a tenant are ordered by.
        let rank: (priority: Int64, runAt: Int64, id: JobID)

        init(_ row: Row) throws {
            id = try row.get("id")
            kind = try row.get("kind")
            subject = try row.get("subject")
            isBusy = try row.get("is_busy")
            rank = (try row.get("priority"), try row.get("run_at"), id)
        }
    }

    private(set) var jobs: [Head] = []
    /// Whether no more stand behind them.
    private(set) var isWhole = true

    /// SQL for `Head.isBusy`, over rows named `waiting`.
    static let isBusy = "(subject IS NOT NULL AND \(leasedJob(of: "waiting.subject")) IS NOT NULL) AS is_busy"

    /// SQL for the leased job of a subject, or NULL. By the words of the index `jobs_busy`, and not as EXISTS, for which
    /// PostgreSQL would read all leased jobs.
    static func leasedJob(of subject: String) -> String {
        "(SELECT busy.id FROM jobs AS busy WHERE busy.lease_token IS NOT NULL AND busy.subject = \(subject) LIMIT 1)"
    }

    /// The first of each subject with nothing running may start, as far as there are places; the others of it must wait.
    /// - Parameter room: how many jobs of the kind may start; asked once, when one could.
    func divided(places: Int, room: (JobKind) -> Int) -> (startable: [JobID], waiting: [JobID]) {
        var started: Set<String> = []
        var left: [JobKind: Int] = [:]
        var startable: [JobID] = []
        var waiting: [JobID] = []
        for head in jobs {
            if let subject = head.subject, head.isBusy || started.contains(subject) {
                waiting.append(head.id)
            } else if startable.count < places, case let room = left[head.kind] ?? room(head.kind), room > 0 {
                left[head.kind] = room - 1
                if let subject = head.subject { started.insert(subject) }
                startable.append(head.id)
            } else if startable.count < places {
                left[head.kind] = 0
            }
        }
        return (startable, waiting)
    }
}

/// How many jobs of a tenant to look at.
struct LaneWish {
    let tenant: TenantID
    let count: Int
}

extension LaneHeads {
    /// Statements for a few numbers of tenants only, so that they stay prepared.
    private static let groupSizes = [1, 4, 16]

    /// The next jobs of each tenant over its lanes of `kinds`, in the order of `wishes`.
    /// - Parameter room: how many jobs of a lane may start; one without room is not looked at.
    static func read(
        _ wishes: [LaneWish], kinds: [JobKind], in connection: Connection, room: (QueueSituation.Lane) -> Int
    ) throws -> [LaneHeads] {
        var found: [TenantID: LaneHeads] = [:]
        var rest = wishes[...]
        while let size = groupSizes.last(where: { $0 <= rest.count }) {
            for row in try lanes(rest.prefix(size), kinds, connection, room) {
                found[try row.get("tenant_id"), default: LaneHeads()].jobs.append(try Head(row))
            }
            rest = rest.dropFirst(size)
        }
        return wishes.map { wish in
            var heads = found[wish.tenant] ?? LaneHeads()
            heads.isWhole = heads.jobs.count < wish.count
            heads.jobs = Array(heads.jobs.sorted { $0.rank < $1.rank }.prefix(wish.count))
            return heads
        }
    }

    /// Each lane is read from its place in the index, and no further than is needed.
    private static func lanes(
        _ wishes: ArraySlice<LaneWish>, _ kinds: [JobKind], _ connection: Connection,
        _ room: (QueueSituation.Lane) -> Int
    ) throws -> [Row] {
        var lanes: [String] = []
        var parameters: [any SQLBindable] = []
        for wish in wishes {
            for kind in kinds {
                let first = parameters.count + 1
                lanes.append(
                    """
                    SELECT * FROM (SELECT id, tenant_id, kind, subject, priority, run_at FROM jobs
                        WHERE state = 'ready' AND tenant_id = $\(first) AND kind = $\(first + 1)
                        ORDER BY priority, run_at, id LIMIT $\(first + 2)) AS lane\(first)
                    """)
                // Not fewer where there is little room: the first ones may wait for their subject.
                let count = room(.init(tenant: wish.tenant, kind: kind)) > 0 ? wish.count : 0
                parameters += [wish.tenant, kind, count] as [any SQLBindable]
            }
        }
        return try connection.rows(
            """
            SELECT id, tenant_id, kind, subject, priority, run_at, \(isBusy)
            FROM (\(lanes.joined(separator: " UNION ALL "))) AS waiting
            """, with: parameters)
    }
}
