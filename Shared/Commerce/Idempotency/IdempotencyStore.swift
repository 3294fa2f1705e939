package import Database
package import Security

/// Makes a repeated request harmless.
///
/// Invariant: for each (tenant, mode, kind of credential, key) there is one row, and while it lives (24 hours)
/// 1. it is linked to at most one order, in the very transaction that makes the order, and never to another after;
/// 2. at most one request holds its lock: a random token with an end by the database's clock. Only that token links,
///    renews, finishes or gives back, so a request that was too slow changes nothing once another took over;
/// 3. it is answered at most once: the first definitive answer is stored and said again for ever after. A 5xx is no
///    answer; it gives the lock back.
///
/// So a crash at any point leaves either no row, or a row whose lock runs out and whose order, if there is one, the
/// next try completes, with the same key at Stripe, since that key comes from the order's row.
package struct IdempotencyStore: Sendable {
    let keys: KeyRing
    /// µs, as is `lifetime`.
    let lockTime: Int64
    let lifetime: Int64

    /// - Parameter lockTime: how long a key stays taken after the process that took it died. A request that may take
    ///   longer renews its lock meanwhile.
    package init(keys: KeyRing, lockTime: Duration = .seconds(90), lifetime: Duration = .seconds(86_400)) {
        self.keys = keys
        self.lockTime = lockTime.microseconds
        self.lifetime = lifetime.microseconds
    }

    /// Takes the key's lock, or says why not. Call it in the transaction that writes the order.
    package func begin(
        _ request: IdempotentRequest, in connection: Connection
    ) throws -> IdempotencyBegin {
        let lock = IdempotencyLock(scope: request.scope, key: request.key, token: RandomToken.base62(22))
        // The second round is for a row that was removed between the two statements.
        for _ in 0..<2 {
            if try insert(request, lock, in: connection) { return .proceed(lock, resumeOrder: nil) }
            if let row = try row(of: request, in: connection) {
                return try enter(request, lock, row, in: connection)
            }
        }
        return .inFlight
    }

    /// Links the order, or whatever else this key is about: in the transaction that inserts it. To link the same one
    /// again is fine. What resumes it is told its id by `IdempotencyBegin`.
    /// - Throws: code `idempotency_lock_lost`; code `state_conflict` when the key has another.
    package func link(_ lock: IdempotencyLock, to resource: some RowID, in connection: Connection) throws {
        let changed = try connection.execute(
            """
            UPDATE idempotency_keys SET order_id = $5
            WHERE tenant_id = $1 AND livemode = $2 AND key = $3 AND lock_token = $4
                AND (order_id IS NULL OR order_id = $5)
            """, lock.scope.tenant, lock.scope.livemode, lock.key, lock.token, resource.rawValue)
        guard changed == 0 else { return }
        // Still ours? Then it is the order that does not fit.
        try renew(lock, in: connection)
        throw CommerceError(.conflict, .stateConflict, "This idempotency key has an order already.")
    }

    /// Keeps the lock for another lock time.
    /// - Throws: code `idempotency_lock_lost`.
    package func renew(_ lock: IdempotencyLock, in connection: Connection) throws {
        let changed = try connection.execute(
            """
            UPDATE idempotency_keys SET locked_until = now_us() + CAST($5 AS BIGINT)
            WHERE tenant_id = $1 AND livemode = $2 AND key = $3 AND lock_token = $4
            """, lock.scope.tenant, lock.scope.livemode, lock.key, lock.token, lockTime)
        guard changed == 1 else { throw Self.lost }
    }

    /// Stores the answer, sealed, since it may hold a client secret, and gives the lock back. A status of 500 or more is
    /// no answer and only gives the lock back. Call it in the transaction that writes what the answer tells of.
    /// - Throws: code `idempotency_lock_lost`: let it roll that transaction back, and begin again.
    package func finish(
        _ lock: IdempotencyLock, status: Int, body: String, in connection: Connection
    ) throws {
        guard status < 500 else { return try release(lock, in: connection) }
        let changed = try connection.execute(
            """
            UPDATE idempotency_keys SET status = $5, body_sealed = $6, lock_token = NULL, locked_until = 0
            WHERE tenant_id = $1 AND livemode = $2 AND key = $3 AND lock_token = $4
            """, lock.scope.tenant, lock.scope.livemode, lock.key, lock.token, status,
            try keys.seal(Secret(body), of: lock.scope.tenant, for: .storedAnswer))
        guard changed == 1 else { throw Self.lost }
    }

    /// Gives the lock back without an answer: the same request may come again at once and completes the same order. A
    /// key that made no order is as if it had never been used. Nothing happens when the lock was lost.
    package func release(_ lock: IdempotencyLock, in connection: Connection) throws {
        try connection.execute(
            """
            DELETE FROM idempotency_keys
            WHERE tenant_id = $1 AND livemode = $2 AND key = $3 AND lock_token = $4 AND order_id IS NULL
            """, lock.scope.tenant, lock.scope.livemode, lock.key, lock.token)
        try connection.execute(
            """
            UPDATE idempotency_keys SET lock_token = NULL, locked_until = 0
            WHERE tenant_id = $1 AND livemode = $2 AND key = $3 AND lock_token = $4
            """, lock.scope.tenant, lock.scope.livemode, lock.key, lock.token)
    }

    /// Removes up to `limit` keys whose time is over, in one short transaction of the caller's.
    /// - Returns: how many; call again while it is `limit`.
    package static func removeExpired(limit: Int = 500, in connection: Connection) throws -> Int {
        try connection.execute(
            """
            DELETE FROM idempotency_keys WHERE (tenant_id, livemode, key) IN (
                SELECT tenant_id, livemode, key FROM idempotency_keys
                WHERE expires_at <= now_us() AND locked_until <= now_us()
                ORDER BY expires_at LIMIT $1\(connection.dialect.skipLocked))
            """, limit)
    }

    private static let lost = CommerceError(
        .conflict, .idempotencyLockLost,
        "The request took longer than its lock on the idempotency key, and another one took over; nothing was stored.")
}
