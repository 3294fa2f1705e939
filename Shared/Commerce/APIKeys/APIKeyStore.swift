package import Database
package import Messaging
package import Security

/// The tenants' API keys. A key's text is never stored: only its keyed hash, which a copy of the database alone can
/// neither turn back nor confirm.
package struct APIKeyStore: Sendable {
    private let database: Database
    private let keys: KeyRing
    private let uses = KeyUses()

    package init(database: Database, keys: KeyRing) {
        self.database = database
        self.keys = keys
    }

    /// Issues a key: `ck_test_…` and so on with 43 random base62 characters, 256 bits.
    /// - Parameter scopes: nil for all; a publishable key's are fixed.
    /// - Throws: `.notFound`, `.invalid` naming `scopes`, `expires_at`, `expires_in` or `note`.
    package func create(
        for tenant: TenantID, kind: APIKeyKind, scopes: Set<APIScope>? = nil, expiresAt: KeyExpiry = .never,
        note: String? = nil
    ) async throws -> IssuedAPIKey {
        let request = try KeyRequest(kind: kind, scopes: scopes, expiry: expiresAt, note: note)
        return try await database.write { [keys] connection in
            guard let tenant = try TenantStore.get(tenant, in: connection) else {
                throw CommerceError.noSuch("tenant", tenant.rawValue)
            }
            return try Self.issue(request, for: tenant.scope, keys, in: connection)
        }
    }

    /// Whose key this is; nil for what is no key, or one that has expired or was revoked. A revocation counts at once:
    /// nothing is cached.
    package func authenticate(_ presented: String) async throws -> AuthenticatedKey? {
        guard Self.looksLikeKey(presented) else { return nil }
        let hashes = keys.keyedHashes(of: Secret(presented))
        let found = try await database.read { try Self.live(hashes, in: $0) }
        if let found {
            // Only now is the text at hand: after a change of the master key the hash is carried over, or dropping the
            // old master key would end this key.
            let hash = found.hash == hashes.first ? nil : hashes.first
            if found.isUseDue || hash != nil { uses.note(found.key.id, KeyUse(time: found.now, hash: hash)) }
        }
        return found?.key
    }

    /// A tenant's keys, the newest first, revoked ones too.
    package func list(of tenant: TenantID) async throws -> [APIKey] {
        try await database.read { connection in
            try connection.rows("SELECT * FROM api_keys WHERE tenant_id = $1 ORDER BY created_at DESC, id DESC", tenant)
                .map { try APIKey($0) }
        }
    }

    /// Ends a key at once; one that was revoked before stays as it was.
    /// - Throws: `.notFound`.
    package func revoke(_ id: APIKeyID, of tenant: TenantID) async throws -> APIKey {
        try await database.write { connection in
            try connection.execute(
                """
                UPDATE api_keys SET revoked_at = now_us() WHERE id = $1 AND tenant_id = $2 AND revoked_at IS NULL
                """, id, tenant)
            return try Self.existing(id, of: tenant, in: connection)
        }
    }

    /// Issues a successor with the same rights; the old key works for `overlap` longer, or as long as it had anyway.
    /// - Throws: `.notFound`; `.conflict` when the old key works no more; `.invalid` for the overlap.
    package func roll(_ id: APIKeyID, of tenant: TenantID, overlap: Duration) async throws -> IssuedAPIKey {
        let overlap = try FieldRules.overlap(overlap)
        return try await database.write { [keys] connection in
            let old = try Self.existing(id, of: tenant, forUpdate: true, in: connection)
            let ended = try connection.execute(
                """
                UPDATE api_keys SET expires_at = CASE
                    WHEN expires_at < now_us() + CAST($3 AS BIGINT) THEN expires_at
                    ELSE now_us() + CAST($3 AS BIGINT) END
                WHERE id = $1 AND tenant_id = $2 AND revoked_at IS NULL
                    AND (expires_at IS NULL OR expires_at > now_us())
                """, id, tenant, overlap)
            guard ended == 1 else {
                throw CommerceError(
                    .conflict, .stateConflict, "\(id) works no more, so it cannot be rolled; create a new key.")
            }
            let request = try KeyRequest(kind: old.kind, scopes: old.scopes, expiry: .never, note: old.note)
            let scope = TenantScope(tenant: tenant, livemode: old.livemode)
            return try Self.issue(request, for: scope, keys, in: connection)
        }
    }

    /// Writes the uses noted since the last call, with the current hash of keys that had an older master key's, and
    /// returns how many keys that were. Authentication itself never writes, so it never waits for a writer.
    @discardableResult
    package func writeLastUses() async throws -> Int {
        let noted = uses.take()
        guard !noted.isEmpty else { return 0 }
        do {
            try await database.write { connection in
                // In one order everywhere, so that two processes that write at once do not deadlock.
                for (id, use) in noted.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                    try connection.execute(
                        """
                        UPDATE api_keys SET last_used_at = $2
                        WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)
                        """, id, use.time)
                    guard let hash = use.hash else { continue }
                    try connection.execute("UPDATE api_keys SET hash = $2 WHERE id = $1", id, hash)
                }
            }
        } catch {
            for (id, use) in noted { uses.note(id, use) }
            throw error
        }
        return noted.count
    }
}
