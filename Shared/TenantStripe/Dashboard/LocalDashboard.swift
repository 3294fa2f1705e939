package import Commerce
package import Database
package import Messaging

/// What our own rows say of a tenant: it is there whether or not Stripe answers.
package struct LocalDashboard: Sendable {
    /// How many, up to a limit: counting them all would take the longer the better a shop does.
    package struct Count: Sendable, Equatable {
        package static let limit: Int64 = 10_000

        package let number: Int64
        /// There are more than `limit`.
        package let isCapped: Bool

        package init(of found: Int64) {
            number = min(found, Self.limit)
            isCapped = found > Self.limit
        }
    }

    /// Jobs of one kind that wait or run.
    package struct Backlog: Sendable, Equatable {
        package var due: Int64 = 0
        /// Waiting for their time: retries for the most part.
        package var scheduled: Int64 = 0
        package var dead: Int64 = 0
        /// µs that the longest waiting due job has waited.
        package var oldestAge: Int64 = 0
    }

    package let activeSubscriptions: Count
    package let orders: [OrderStatus: Count]
    package let jobs: [JobKind: Backlog]
    /// nil before the first sweep.
    package let reconciliation: ReconcileState?
    /// µs since 1970
    package let readAt: Int64

    package init(of scope: TenantScope, in connection: Connection) throws {
        activeSubscriptions = try Self.activeSubscriptions(of: scope, in: connection)
        orders = try Self.orders(of: scope, in: connection)
        jobs = try Self.jobs(of: scope.tenant, in: connection)
        reconciliation = try ReconcileStore.state(of: scope, in: connection)
        readAt = try connection.now()
    }

    private static func activeSubscriptions(of scope: TenantScope, in connection: Connection) throws -> Count {
        // An endpoint of an account that tenants share hears of the subscriptions of all.
        let isOurs =
            try Ownership.sharesAccount(scope, in: connection)
            ? """
             AND (order_id IS NOT NULL OR EXISTS (SELECT 1 FROM customers WHERE customers.tenant_id = $1
                AND customers.livemode = $2 AND customers.id = subscriptions.customer))
            """ : ""
        let row = try connection.row(
            """
            SELECT COUNT(*) AS count FROM (
                SELECT 1 FROM subscriptions WHERE tenant_id = $1 AND livemode = $2 AND status = 'active'\(isOurs)
                LIMIT \(Count.limit + 1)) AS found
            """, scope.tenant, scope.livemode)
        return Count(of: try row?.get("count") ?? 0)
    }

    private static func orders(
        of scope: TenantScope, in connection: Connection
    ) throws -> [OrderStatus: Count] {
        // One a status, so that each stops at the limit.
        let counts = OrderStatus.allCases.map { status in
            """
            SELECT '\(status.rawValue)' AS status, COUNT(*) AS count FROM (
                SELECT 1 FROM orders WHERE tenant_id = $1 AND livemode = $2 AND status = '\(status.rawValue)'
                LIMIT \(Count.limit + 1)) AS found
            """
        }
        let rows = try connection.rows(counts.joined(separator: " UNION ALL "), scope.tenant, scope.livemode)
        return try rows.reduce(into: [:]) { orders, row in
            guard let status = OrderStatus(rawValue: try row.get("status")) else { return }
            orders[status] = Count(of: try row.get("count"))
        }
    }

    private static func jobs(of tenant: TenantID, in connection: Connection) throws -> [JobKind: Backlog] {
        // A query a state, so that each finds its partial index: finished jobs are never looked at.
        let counts = ["scheduled", "ready", "blocked", "suspect", "leased", "dead"].map { state in
            let age = ["ready", "blocked", "suspect"].contains(state) ? "MAX(now_us() - run_at)" : "CAST(0 AS BIGINT)"
            return """
                SELECT kind, '\(state)' AS state, COUNT(*) AS count, \(age) AS age
                FROM jobs WHERE state = '\(state)' AND tenant_id = $1 GROUP BY kind
                """
        }
        let rows = try connection.rows(counts.joined(separator: " UNION ALL "), tenant)
        return try rows.reduce(into: [:]) { jobs, row in
            let count: Int64 = try row.get("count")
            var backlog = jobs[try row.get("kind"), default: Backlog()]
            switch try row.get("state", as: String.self) {
            case "scheduled": backlog.scheduled += count
            case "dead": backlog.dead += count
            default: backlog.due += count
            }
            backlog.oldestAge = max(backlog.oldestAge, try row.get("age"))
            jobs[try row.get("kind")] = backlog
        }
    }
}

extension LocalDashboard {
    /// Jobs that could run or do.
    package var depth: Int64 { jobs.values.reduce(0) { $0 + $1.due } }
    package var scheduled: Int64 { jobs.values.reduce(0) { $0 + $1.scheduled } }
    package var deadLetters: Int64 { jobs.values.reduce(0) { $0 + $1.dead } }
    /// µs
    package var oldestAge: Int64 { jobs.values.map(\.oldestAge).max() ?? 0 }

    package func byKind(_ part: KeyPath<Backlog, Int64>) -> [String: Int64] {
        let found = jobs.filter { $0.value[keyPath: part] > 0 }
        return Dictionary(uniqueKeysWithValues: found.map { ($0.key.rawValue, $0.value[keyPath: part]) })
    }
}
