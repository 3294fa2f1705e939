import HeapModule

/// Divides free places between tenants: weighted, work-conserving, within each tenant's limit.
///
/// Each place goes to the tenant with the fewest jobs running for its weight, so that slow jobs count for as long as
/// they run; between equals to the one that was served least for its weight, so that weights hold with one place, too.
struct FairShare {
    struct Contender: Equatable {
        let tenant: TenantID
        let weight: Int
        /// Jobs that run now, in all workers.
        var running: Int
        /// The most jobs at once; `nil`: no limit.
        let limit: Int?

        var isBelowLimit: Bool { limit.map { running < $0 } ?? true }
    }

    /// How much each tenant was served, divided by its weight. Only differences matter.
    private var served: [TenantID: Double] = [:]

    /// - Parameter areAll: whether no other tenant has work: then the others are forgotten.
    /// - Returns: how many places each gets, in the order in which they were given; tenants without a place are left out.
    mutating func allot(
        places: Int, among contenders: [Contender], areAll: Bool = true
    ) -> [(tenant: TenantID, places: Int)] {
        join(contenders, areAll: areAll)
        var queue = Heap(
            contenders.filter(\.isBelowLimit).map { Turn(contender: $0, served: served[$0.tenant, default: 0]) })
        var given: [TenantID: Int] = [:]
        var order: [TenantID] = []
        for _ in 0..<max(0, places) {
            guard var turn = queue.popMin() else { break }
            let tenant = turn.contender.tenant
            if given[tenant] == nil { order.append(tenant) }
            given[tenant, default: 0] += 1
            turn.contender.running += 1
            turn.served += 1 / Double(turn.contender.weight)
            served[tenant] = turn.served
            if turn.contender.isBelowLimit { queue.insert(turn) }
        }
        return order.map { ($0, given[$0, default: 0]) }
    }

    /// One that comes, or comes again, starts level with those that wait: idle time earns no right to a burst.
    private mutating func join(_ contenders: [Contender], areAll: Bool) {
        let level = contenders.compactMap { served[$0.tenant] }.min() ?? 0
        let joined = contenders.map { ($0.tenant, served[$0.tenant] ?? level) }
        if areAll || served.count > Self.mostRemembered { served = [:] }
        for (tenant, value) in joined { served[tenant] = value }
    }

    private static let mostRemembered = 100_000

    /// Takes back places that were given and not used, lest a tenant pay for jobs that it did not have.
    mutating func giveBack(_ places: Int, of contender: Contender) {
        served[contender.tenant, default: 0] -= Double(places) / Double(contender.weight)
    }

    private struct Turn: Comparable {
        var contender: Contender
        var served: Double

        private var load: Double { Double(contender.running) / Double(contender.weight) }

        static func < (a: Turn, b: Turn) -> Bool {
            a.load != b.load ? a.load < b.load : a.served < b.served
        }

        static func == (a: Turn, b: Turn) -> Bool { a.load == b.load && a.served == b.served }
    }
}
