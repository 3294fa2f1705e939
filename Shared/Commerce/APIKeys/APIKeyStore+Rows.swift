import Database
import Messaging
import Security

extension APIKeyStore {
    /// A live key, and whether its last use is a minute old by the database's clock.
    struct Found: Sendable {
        let key: AuthenticatedKey
        /// By which it was found, of those asked for.
        let hash: String
        let now: Int64
        let isUseDue: Bool
    }

    private static let randomLength = 43
    private static let usePause: Int64 = 60_000_000

    /// Whether it has the form of a key; anything else is not worth a hash and a question to the database.
    static func looksLikeKey(_ text: String) -> Bool {
        for kind in APIKeyKind.allCases {
            for livemode in [true, false] {
                let prefix = kind.prefix(livemode: livemode)
                guard text.hasPrefix(prefix) else { continue }
                let rest = text.utf8.dropFirst(prefix.utf8.count)
                return rest.count == randomLength && rest.allSatisfy(isBase62)
            }
        }
        return false
    }

    /// The mode is asked for twice, of the key and of its tenant: a key never opens the other mode.
    static func live(_ hashes: [String], in connection: Connection) throws -> Found? {
        let holders = hashes.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
        guard
            let row = try connection.row(
                """
                SELECT t.*, k.id AS key_id, k.kind, k.scopes, k.hash, k.last_used_at, now_us() AS now
                FROM api_keys k JOIN tenants t ON t.id = k.tenant_id AND t.livemode = k.livemode
                WHERE k.hash IN (\(holders)) AND k.revoked_at IS NULL
                    AND (k.expires_at IS NULL OR k.expires_at > now_us())
                """, with: hashes)
        else { return nil }
        let now: Int64 = try row.get("now")
        let lastUse: Int64? = try row.get("last_used_at")
        let key = AuthenticatedKey(
            id: try row.get("key_id"), tenant: try Tenant(row), kind: try kind(row),
            scopes: Set(stored: try row.get("scopes")))
        return Found(
            key: key, hash: try row.get("hash"), now: now, isUseDue: lastUse.map { now - $0 >= usePause } ?? true)
    }

    static func issue(
        _ request: KeyRequest, for scope: TenantScope, _ keys: KeyRing, in connection: Connection
    ) throws -> IssuedAPIKey {
        let prefix = request.kind.prefix(livemode: scope.livemode)
        let secret = Secret(prefix + RandomToken.base62(randomLength))
        let id = APIKeyID.new()
        try connection.execute(
            """
            INSERT INTO api_keys (id, tenant_id, livemode, kind, hash, prefix, scopes, note, created_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now_us(), $9)
            """, id, scope.tenant, scope.livemode, request.kind.rawValue, keys.keyedHash(of: secret),
            String(secret.exposed.prefix(prefix.count + 4)), request.scopes.stored, request.note,
            try expiry(request.expiry, in: connection))
        return IssuedAPIKey(key: try existing(id, of: scope.tenant, in: connection), secret: secret)
    }

    static func existing(
        _ id: APIKeyID, of tenant: TenantID, forUpdate: Bool = false, in connection: Connection
    ) throws -> APIKey {
        let lock = forUpdate ? connection.dialect.forUpdate : ""
        guard
            let row = try connection.row(
                "SELECT * FROM api_keys WHERE id = $1 AND tenant_id = $2\(lock)", id, tenant)
        else { throw CommerceError.noSuch("API key", id.rawValue) }
        return try APIKey(row)
    }

    /// µs since 1970 by the database's clock, which also decides when the key has expired.
    private static func expiry(_ expiry: KeyExpiry, in connection: Connection) throws -> Int64? {
        let now = try connection.now()
        switch expiry {
        case .never: return nil
        case .after(let lifetime): return now + lifetime.microseconds
        case .at(let time):
            guard time > now else { throw CommerceError.invalid("expires_at", "expires_at must be in the future.") }
            return time
        }
    }

    fileprivate static func kind(_ row: Row) throws -> APIKeyKind {
        guard let kind = APIKeyKind(rawValue: try row.get("kind")) else {
            throw CommerceError.unreadable("A stored API key has a kind that this build does not know.")
        }
        return kind
    }
}

extension APIKey {
    init(_ row: Row) throws {
        self.init(
            id: try row.get("id"), tenant: try row.get("tenant_id"), livemode: try row.get("livemode"),
            kind: try APIKeyStore.kind(row), prefix: try row.get("prefix"),
            scopes: Set(stored: try row.get("scopes")), note: try row.get("note"),
            createdAt: try row.get("created_at"), expiresAt: try row.get("expires_at"),
            revokedAt: try row.get("revoked_at"), lastUsedAt: try row.get("last_used_at"))
    }
}
