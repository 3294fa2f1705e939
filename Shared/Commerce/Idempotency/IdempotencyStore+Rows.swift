import Database
import Security

extension IdempotencyStore {
    func insert(
        _ request: IdempotentRequest, _ lock: IdempotencyLock, in connection: Connection
    ) throws -> Bool {
        try connection.execute(
            """
            INSERT INTO idempotency_keys (tenant_id, livemode, key, fingerprint, lock_token, locked_until, created_at,
                expires_at)
            VALUES ($1, $2, $3, $4, $5, now_us() + CAST($6 AS BIGINT), now_us(), now_us() + CAST($7 AS BIGINT))
            ON CONFLICT (tenant_id, livemode, key) DO NOTHING
            """, request.scope.tenant, request.scope.livemode, request.key, request.fingerprint, lock.token, lockTime,
            lifetime) == 1
    }

    func row(of request: IdempotentRequest, in connection: Connection) throws -> Row? {
        try connection.row(
            """
            SELECT fingerprint, order_id, status, body_sealed,
                CASE WHEN lock_token IS NOT NULL AND locked_until > now_us() THEN 1 ELSE 0 END AS is_locked,
                CASE WHEN expires_at <= now_us() THEN 1 ELSE 0 END AS is_expired
            FROM idempotency_keys WHERE tenant_id = $1 AND livemode = $2 AND key = $3\(connection.dialect.forUpdate)
            """, request.scope.tenant, request.scope.livemode, request.key)
    }

    /// A request whose key has a row already; the row is locked.
    func enter(
        _ request: IdempotentRequest, _ lock: IdempotencyLock, _ row: Row, in connection: Connection
    ) throws -> IdempotencyBegin {
        let isLocked: Bool = try row.get("is_locked")
        if try row.get("is_expired"), !isLocked {
            try startAnew(request, lock, in: connection)
            return .proceed(lock, resumeOrder: nil)
        }
        guard try row.get("fingerprint") == request.fingerprint else { return .mismatch }
        if let status: Int = try row.get("status"), let sealed: String = try row.get("body_sealed") {
            let body = try keys.open(sealed, of: request.scope.tenant, for: .storedAnswer)
            return .replay(status: status, body: body.exposed)
        }
        if isLocked { return .inFlight }
        try connection.execute(
            """
            UPDATE idempotency_keys SET lock_token = $4, locked_until = now_us() + CAST($5 AS BIGINT)
            WHERE tenant_id = $1 AND livemode = $2 AND key = $3
            """, request.scope.tenant, request.scope.livemode, request.key, lock.token, lockTime)
        return .proceed(lock, resumeOrder: try row.get("order_id"))
    }

    /// After its time is over a key is a new one.
    private func startAnew(
        _ request: IdempotentRequest, _ lock: IdempotencyLock, in connection: Connection
    ) throws {
        try connection.execute(
            """
            UPDATE idempotency_keys SET fingerprint = $4, order_id = NULL, lock_token = $5,
                locked_until = now_us() + CAST($6 AS BIGINT), status = NULL, body_sealed = NULL,
                created_at = now_us(), expires_at = now_us() + CAST($7 AS BIGINT)
            WHERE tenant_id = $1 AND livemode = $2 AND key = $3
            """, request.scope.tenant, request.scope.livemode, request.key, request.fingerprint, lock.token, lockTime,
            lifetime)
    }
}
