package import Database
package import Messaging

/// How far a tenant's events at Stripe were swept for those that never came.
package struct ReconcileState: Sendable, Hashable {
    package let tenant: TenantID
    package let livemode: Bool
    /// Up to which `created` of its events all is known, in seconds since 1970; nil before the first sweep.
    package let cursor: Int64?
    /// µs since 1970, as is `lastFinished`.
    package let lastStarted: Int64?
    package let lastFinished: Int64?
    /// Events that no webhook brought, of all sweeps together.
    package let missedTotal: Int64
    /// Why the last sweep failed; nil when it did not.
    package let lastError: String?

    init(_ row: Row) throws {
        tenant = try row.get("tenant_id")
        livemode = try row.get("livemode")
        cursor = try row.get("cursor_created")
        lastStarted = try row.get("last_started")
        lastFinished = try row.get("last_finished")
        missedTotal = try row.get("missed_total")
        lastError = try row.get("last_error")
    }
}

/// The sweeps' rows, one a tenant and mode.
package enum ReconcileStore {
    package static func state(of scope: TenantScope, in connection: Connection) throws -> ReconcileState? {
        try connection.row(
            "SELECT * FROM reconcile_runs WHERE tenant_id = $1 AND livemode = $2", scope.tenant, scope.livemode
        ).map { try ReconcileState($0) }
    }

    package static func states(in connection: Connection) throws -> [ReconcileState] {
        try connection.rows("SELECT * FROM reconcile_runs ORDER BY tenant_id, livemode").map { try ReconcileState($0) }
    }

    /// The right to sweep, which one runner has at a time: the worker on its schedule, or the operator.
    package static func duty(
        for scope: TenantScope, every interval: Duration = .zero, lease: Duration = .seconds(120)
    ) -> Duty {
        Duty("reconcile:\(scope.tenant):\(scope.livemode ? "live" : "test")", every: interval, lease: lease)
    }

    /// Notes that a sweep begins. A cursor that lies in the future is forgotten: a clock that was wrong has set it, nobody
    /// knows since when it has hidden events, and so all that Stripe keeps is looked at again.
    package static func began(_ scope: TenantScope, in connection: Connection) throws {
        try connection.execute(
            """
            INSERT INTO reconcile_runs (tenant_id, livemode, last_started, missed_total)
            VALUES ($1, $2, now_us(), 0)
            ON CONFLICT (tenant_id, livemode) DO UPDATE SET last_started = excluded.last_started,
                cursor_created = CASE WHEN reconcile_runs.cursor_created <= excluded.last_started / 1000000
                    THEN reconcile_runs.cursor_created END
            """, scope.tenant, scope.livemode)
    }

    /// Everything up to `cursor` is known; the cursor does not go back. Call it in the transaction that stored what was
    /// missed.
    /// - Parameter missed: how many events that were.
    package static func advance(
        to cursor: Int64, missed: Int64, for scope: TenantScope, in connection: Connection
    ) throws {
        try connection.execute(
            """
            UPDATE reconcile_runs SET missed_total = missed_total + $4,
                cursor_created = CASE WHEN cursor_created > $3 THEN cursor_created ELSE $3 END
            WHERE tenant_id = $1 AND livemode = $2
            """, scope.tenant, scope.livemode, cursor, missed)
    }

    /// - Parameter error: why it failed; nil: it did not.
    package static func finished(
        _ scope: TenantScope, error: String? = nil, in connection: Connection
    ) throws {
        try connection.execute(
            """
            UPDATE reconcile_runs SET last_error = $3,
                last_finished = CASE WHEN $4 = 1 THEN now_us() ELSE last_finished END
            WHERE tenant_id = $1 AND livemode = $2
            """, scope.tenant, scope.livemode, error.map { String($0.prefix(500)) }, error == nil ? 1 : 0)
    }
}
