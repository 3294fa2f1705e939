import Database

/// One claim: leases up to `limit` due jobs, fairly between tenants, never two of one subject.
///
/// Claims run one at a time (`lock`). Each only ever looks at the heads of the lanes that it takes jobs from, so its
/// cost does not grow with the backlog.
struct Claim {
    let kinds: [JobKind]
    let limit: Int
    let lease: Duration
    let allowsSuspect: Bool
    let token: String
    let connection: Connection

    private(set) var situation: QueueSituation
    private var claimed: [ClaimedJob] = []
    /// How many jobs were put where they wait for their subject.
    private(set) var parked = 0

    /// Tenants with work that are looked at together, and how often a claim goes on to the next ones while it has places.
    /// The next claim begins where this one ended.
    private static let window = 500
    private static let windows = 20

    /// What makes claims run one at a time. The number only has to differ from other users' locks.
    static let lock: Int64 = 7_203_184_616

    init(
        _ kinds: [JobKind], limit: Int, lease: Duration, allowsSuspect: Bool, token: String,
        in connection: Connection
    ) throws {
        self.kinds = kinds
        self.limit = limit
        self.lease = lease
        self.allowsSuspect = allowsSuspect
        self.token = token
        self.connection = connection
        situation = try QueueSituation(in: connection)
        if try JobTurn.advance(situation.waiting, in: connection) { situation = try QueueSituation(in: connection) }
    }

    /// - Parameter turns: whose turn it is, kept between the claims of one process.
    mutating func run(_ turns: inout ClaimTurns) throws -> [ClaimedJob] {
        if allowsSuspect, situation.waiting.contains(.suspect) { try takeSuspect(&turns.shares) }
        if claimed.count < limit { try takeReady(&turns) }
        return claimed
    }

    // MARK: Ready jobs

    private mutating func takeReady(_ turns: inout ClaimTurns) throws {
        for _ in 0..<Self.windows where claimed.count < limit {
            let tenants = try readyTenants(after: turns.lastTenant)
            let areAll = turns.lastTenant == nil && tenants.count < Self.window
            turns.lastTenant = tenants.count < Self.window ? nil : tenants.last
            try takeReady(of: tenants.filter(hasRoom), areAll: areAll, &turns.shares)
            if areAll { return }
        }
    }

    private mutating func takeReady(of tenants: [TenantID], areAll: Bool, _ fairness: inout FairShare) throws {
        var contenders = tenants.map(situation.contender)
        var looks: [TenantID: Int] = [:]
        var rounds = Self.rounds + contenders.count
        // What one tenant leaves is offered to the others, until all places are taken or nobody has a job for one.
        while claimed.count < limit, !contenders.isEmpty, rounds > 0 {
            rounds -= 1
            let shares = fairness.allot(
                places: limit - claimed.count, among: contenders, areAll: areAll)
            if shares.isEmpty { return }
            let heads = try LaneHeads.read(
                shares.map { LaneWish(tenant: $0.tenant, count: max($0.places, looks[$0.tenant] ?? 0)) },
                kinds: kinds, in: connection, room: situation.room)
            var free: [JobID] = []
            var blocked: [JobID] = []
            var probed: Set<JobKind> = []
            for ((tenant, places), heads) in zip(shares, heads) {
                let (startable, waiting) = heads.divided(places: places) { kind in
                    let isProbedAlready = situation.isProbed(kind) && !probed.insert(kind).inserted
                    return isProbedAlready ? 0 : situation.room(in: .init(tenant: tenant, kind: kind))
                }
                free += startable
                blocked += waiting
                fairness.giveBack(places - startable.count, of: situation.contender(tenant))
                if heads.isWhole && startable.count < places { contenders.removeAll { $0.tenant == tenant } }
                if !waiting.isEmpty { looks[tenant] = Self.farLook }
            }
            try park(blocked)
            try take(free)
            contenders = contenders.map { situation.contender($0.tenant) }
        }
    }

    /// How often a claim looks again, and how far it looks ahead where many jobs wait for the same subject. They are
    /// parked, so the next claim starts behind them.
    private static let rounds = 10
    private static let farLook = 500

    private func hasRoom(_ tenant: TenantID) -> Bool {
        kinds.contains { situation.room(in: .init(tenant: tenant, kind: $0)) > 0 }
    }

    /// Those that have ready jobs, in the order of their ids: the index is skipped through from one tenant to the next.
    private func readyTenants(after last: TenantID?) throws -> [TenantID] {
        let found = try readyTenants(above: last?.rawValue ?? "", count: Self.window)
        // The last window is filled up from the first.
        guard last != nil, found.count < Self.window else { return found }
        let first = try readyTenants(above: "", count: Self.window - found.count)
        return found + first.filter { !found.contains($0) }
    }

    private func readyTenants(above last: String, count: Int) throws -> [TenantID] {
        try connection.rows(
            """
            WITH RECURSIVE tenants (id, place) AS (
                SELECT (SELECT tenant_id FROM jobs WHERE state = 'ready' AND tenant_id > $1
                        ORDER BY tenant_id LIMIT 1), 1
                UNION ALL
                SELECT (SELECT tenant_id FROM jobs WHERE state = 'ready' AND tenant_id > last.id
                        ORDER BY tenant_id LIMIT 1), last.place + 1
                FROM tenants AS last WHERE last.id IS NOT NULL AND last.place < $2)
            SELECT id FROM tenants WHERE id IS NOT NULL
            """, last, count
        ).map { try $0.get("id") }
    }

    /// Out of the lanes until their subject is free.
    mutating func park(_ ids: [JobID]) throws {
        if ids.isEmpty { return }
        parked += ids.count
        try connection.execute(
            """
            UPDATE jobs SET state = 'blocked'
            WHERE state IN ('ready', 'suspect') AND \(connection.dialect.isMember("id", of: "$1"))
            """, IDList(ids.map(\.rawValue)))
    }

    // MARK: Leasing

    mutating func take(_ ids: [JobID]) throws {
        if ids.isEmpty { return }
        let jobs = try connection.rows(
            """
            UPDATE jobs SET state = 'leased', attempt = attempt + 1, leased_at = now_us(), lease_token = $1,
                lease_until = now_us() + CAST($2 AS BIGINT)
            WHERE state IN ('ready', 'suspect') AND \(connection.dialect.isMember("id", of: "$3"))
            RETURNING \(ClaimedJob.columns)
            """, token, lease.microseconds, IDList(ids.map(\.rawValue))
        ).map { try ClaimedJob($0, token: token) }
        for job in jobs { situation.noteRunning(1, in: .init(tenant: job.tenant, kind: job.kind)) }
        // RETURNING has no order of its own.
        let places = Dictionary(uniqueKeysWithValues: zip(ids, 0...))
        claimed += jobs.sorted { places[$0.id, default: 0] < places[$1.id, default: 0] }
    }
}

/// Whose turn it is, between the claims of one process.
struct ClaimTurns {
    var shares = FairShare()
    /// Where the last window of tenants ended; `nil`: all were looked at.
    var lastTenant: TenantID?
}
