import Commerce
import Database
import Security

/// Who may look at a tenant's dashboard in a browser.
///
/// A session is an API key of its own: it lives for an hour, may read the dashboard and nothing else, and is stored as
/// any key is, so every process knows it and logging out ends it everywhere. The browser keeps that key in a cookie, and
/// never the one that it was opened with. It also ends with that one: whoever revokes a key ends its sessions.
struct DashboardSessions: Sendable {
    let store: APIKeyStore
    let database: Database

    static let life: Duration = .seconds(3600)
    /// Tells these keys from the tenant's own; the id of the key that opened the session follows.
    private static let note = "dashboard session of "

    /// A new session; nil for what is no key, or for one that may not read the dashboard.
    func open(with presented: String) async throws -> Secret? {
        guard let key = try await store.authenticate(presented), key.kind == .secret, key.allows(.dashboardRead),
            // Or a session could be made to last for ever.
            try await opener(of: key) == nil
        else { return nil }
        try await removeExpired(of: key)
        return try await store.create(
            for: key.tenant.id, kind: .secret, scopes: [.dashboardRead], expiresAt: .after(Self.life),
            note: "\(Self.note)\(key.id)"
        ).secret
    }

    /// Whom a session is of; nil once it is over.
    func caller(of session: String) async throws -> Caller? {
        guard let key = try await store.authenticate(session), let opener = try await opener(of: key) else {
            return nil
        }
        let isLive = try await database.read { connection in
            try connection.row(
                """
                SELECT id FROM api_keys WHERE id = $1 AND tenant_id = $2 AND revoked_at IS NULL
                    AND (expires_at IS NULL OR expires_at > now_us())
                """, opener, key.tenant.id) != nil
        }
        return isLive ? Caller(key: key) : nil
    }

    func close(_ session: String) async throws {
        guard let key = try await store.authenticate(session), try await opener(of: key) != nil else { return }
        _ = try await store.revoke(key.id, of: key.tenant.id)
    }

    /// The key that a session was opened with; nil for a key that is no session.
    private func opener(of key: AuthenticatedKey) async throws -> APIKeyID? {
        let note: String? = try await database.read { connection in
            try connection.row("SELECT note FROM api_keys WHERE id = $1", key.id)?.get("note")
        }
        guard let note, note.hasPrefix(Self.note) else { return nil }
        return APIKeyID(rawValue: String(note.dropFirst(Self.note.count)))
    }

    /// Those of the tenant's sessions that are over, so that they do not pile up among its keys.
    private func removeExpired(of key: AuthenticatedKey) async throws {
        try await database.write { connection in
            try connection.execute(
                """
                DELETE FROM api_keys WHERE tenant_id = $1 AND note LIKE $2
                    AND (expires_at <= now_us() OR revoked_at IS NOT NULL)
                """, key.tenant.id, "\(Self.note)%")
        }
    }
}
