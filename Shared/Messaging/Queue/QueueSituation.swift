import Database

/// What a claim must heed beside the jobs themselves: pauses, breakers, shares, and what runs now.
struct QueueSituation {
    struct Lane: Hashable {
        let tenant: TenantID
        let kind: JobKind

        init(tenant: TenantID, kind: JobKind) {
            self.tenant = tenant
            self.kind = kind
        }

        init(_ row: Row) throws {
            tenant = try row.get("tenant_id")
            kind = try row.get("kind")
        }
    }

    private struct Share {
        let weight: Int
        let limit: Int?
    }

    /// What a claim has to bring up or to mind, beside ready jobs.
    enum Waiting: String {
        /// A lease has expired.
        case expired
        /// A scheduled job is due.
        case due
        /// A job waits for its subject.
        case blocked
        case suspect
    }

    private(set) var waiting: Set<Waiting> = []
    private var isAllPaused = false
    private var pausedTenants: Set<TenantID> = []
    private var pausedKinds: Set<JobKind> = []
    private var pausedLanes: Set<Lane> = []
    private var openLanes: Set<Lane> = []
    private var probedLanes: Set<Lane> = []
    /// Whose jobs go to one destination, whichever tenant's they are.
    private var openKinds: Set<JobKind> = []
    private var probedKinds: Set<JobKind> = []
    private var shares: [TenantID: Share] = [:]
    private var runningByLane: [Lane: Int] = [:]
    private var runningByTenant: [TenantID: Int] = [:]
    private var runningByKind: [JobKind: Int] = [:]

    init(in connection: Connection) throws {
        let rows = try connection.rows(
            """
            SELECT 'pause' AS what, tenant_id, kind, CAST(0 AS BIGINT) AS number, CAST(NULL AS BIGINT) AS bound
                FROM queue_pauses
            UNION ALL SELECT 'share', tenant_id, '', weight, job_limit FROM queue_shares
            UNION ALL SELECT CASE WHEN open_until > now_us() THEN 'open' ELSE 'probing' END, tenant_id, kind, 0, NULL
                FROM queue_breakers WHERE open_until IS NOT NULL
            UNION ALL SELECT 'running', tenant_id, kind, COUNT(*), NULL
                FROM jobs WHERE state = 'leased' GROUP BY tenant_id, kind
            UNION ALL SELECT 'expired', '', '', 0, NULL
                WHERE EXISTS (SELECT 1 FROM jobs WHERE state = 'leased' AND lease_until <= now_us())
            UNION ALL SELECT 'due', '', '', 0, NULL
                WHERE EXISTS (SELECT 1 FROM jobs WHERE state = 'scheduled' AND run_at <= now_us())
            UNION ALL SELECT 'blocked', '', '', 0, NULL WHERE EXISTS (SELECT 1 FROM jobs WHERE state = 'blocked')
            UNION ALL SELECT 'suspect', '', '', 0, NULL WHERE EXISTS (SELECT 1 FROM jobs WHERE state = 'suspect')
            """)
        for row in rows { try note(row) }
    }

    private mutating func note(_ row: Row) throws {
        let lane = try Lane(row)
        let what = try row.get("what", as: String.self)
        switch what {
        case "pause":
            switch (lane.tenant.rawValue.isEmpty, lane.kind.rawValue.isEmpty) {
            case (true, true): isAllPaused = true
            case (false, true): pausedTenants.insert(lane.tenant)
            case (true, false): pausedKinds.insert(lane.kind)
            case (false, false): pausedLanes.insert(lane)
            }
        case "share": shares[lane.tenant] = Share(weight: try row.get("number"), limit: try row.get("bound"))
        case "open" where lane.tenant.rawValue.isEmpty: openKinds.insert(lane.kind)
        case "open": openLanes.insert(lane)
        case "probing" where lane.tenant.rawValue.isEmpty: probedKinds.insert(lane.kind)
        case "probing": probedLanes.insert(lane)
        case "running": noteRunning(try row.get("number"), in: lane)
        default: if let waiting = Waiting(rawValue: what) { self.waiting.insert(waiting) }
        }
    }

    mutating func noteRunning(_ count: Int, in lane: Lane) {
        runningByLane[lane, default: 0] += count
        runningByTenant[lane.tenant, default: 0] += count
        runningByKind[lane.kind, default: 0] += count
    }

    /// Whether a job of the lane may start now.
    func mayRun(_ lane: Lane) -> Bool { room(in: lane) > 0 && contender(lane.tenant).isBelowLimit }

    /// Whether one job of the kind may start at most, whichever tenant's it is.
    func isProbed(_ kind: JobKind) -> Bool { probedKinds.contains(kind) }

    /// How many jobs of the lane may start now, as far as pauses and breakers go.
    func room(in lane: Lane) -> Int {
        if isAllPaused || pausedTenants.contains(lane.tenant) || pausedKinds.contains(lane.kind)
            || pausedLanes.contains(lane) || openLanes.contains(lane) || openKinds.contains(lane.kind)
        {
            return 0
        }
        // One job at a time is the probe.
        var room = Int.max
        if probedLanes.contains(lane) { room = 1 - runningByLane[lane, default: 0] }
        if probedKinds.contains(lane.kind) { room = min(room, 1 - runningByKind[lane.kind, default: 0]) }
        return max(0, room)
    }

    func contender(_ tenant: TenantID) -> FairShare.Contender {
        let share = shares[tenant]
        return FairShare.Contender(
            tenant: tenant, weight: share?.weight ?? 1, running: runningByTenant[tenant, default: 0],
            limit: share?.limit
        )
    }
}
