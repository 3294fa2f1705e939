import Database

extension Claim {
    /// How far a claim looks ahead where suspects wait for their subject. They are parked, so the next one starts behind
    /// them.
    private static let look = 500

    /// One suspect that may run. One at a time in a worker: if that worker dies too, it is known why.
    ///
    /// Whose it is goes by the tenants' shares, like every other place: one tenant's suspects are no queue for the others'.
    /// Of a tenant's the urgent goes first, then the older.
    mutating func takeSuspect(_ fairness: inout FairShare) throws {
        let lanes = try situation.suspectLanes(of: kinds, in: connection)
        let kinds = Dictionary(grouping: lanes, by: \.tenant).mapValues { $0.map(\.kind) }
        var contenders = kinds.keys.map(situation.contender)
        while let (tenant, _) = fairness.allot(places: 1, among: contenders, areAll: false).first {
            let suspects = try suspects(of: tenant, kinds[tenant] ?? [])
            try park(suspects.filter(\.isBusy).map(\.id))
            if let free = suspects.first(where: { !$0.isBusy }) { return try take([free.id]) }
            fairness.giveBack(1, of: situation.contender(tenant))
            contenders.removeAll { $0.tenant == tenant }
        }
    }

    /// The tenant's next suspects of these kinds, up to the first that may run.
    private func suspects(of tenant: TenantID, _ kinds: [JobKind]) throws -> [(id: JobID, isBusy: Bool)] {
        let names = kinds.indices.map { "$\($0 + 2)" }.joined(separator: ", ")
        let found = try connection.rows(
            """
            SELECT id, \(LaneHeads.isBusy) FROM jobs AS waiting
            WHERE state = 'suspect' AND tenant_id = $1 AND kind IN (\(names))
            ORDER BY priority, run_at, id LIMIT \(Self.look)
            """, with: [tenant] + kinds
        ).map { (id: try $0.get("id", as: JobID.self), isBusy: try $0.get("is_busy", as: Bool.self)) }
        return found.firstIndex { !$0.isBusy }.map { Array(found[...$0]) } ?? found
    }
}

extension QueueSituation {
    /// Lanes of `kinds` with suspects of which one may run.
    func suspectLanes(of kinds: [JobKind], in connection: Connection) throws -> [Lane] {
        try connection.rows("SELECT DISTINCT tenant_id, kind FROM jobs WHERE state = 'suspect'")
            .map(Lane.init).filter { kinds.contains($0.kind) && mayRun($0) }
    }
}
