import Commerce
import Messaging
import Security

/// An API key as it is shown.
struct KeyView {
    let key: APIKey
    /// Its text, the one time that there is one.
    var secret: Secret?

    init(_ key: APIKey) { self.key = key }

    init(_ issued: IssuedAPIKey) {
        key = issued.key
        secret = issued.secret
    }

    var json: JSON {
        var fields: [String: JSON] = [
            "id": .text(key.id.rawValue), "object": "api_key", "tenant": .text(key.tenant.rawValue),
            "livemode": .bool(key.livemode), "kind": .text(key.kind.rawValue), "prefix": .text(key.prefix),
            "scopes": .texts(scopes), "note": .text(key.note), "created": .time(key.createdAt),
            "expires_at": .time(key.expiresAt), "revoked_at": .time(key.revokedAt),
            "last_used_at": .time(key.lastUsedAt),
        ]
        if let secret { fields["api_key"] = .text(secret.exposed) }
        return .object(fields)
    }

    var text: String {
        var details = Details()
        details.add("Key", key.id.rawValue)
        details.add("Kind", "\(key.kind.rawValue), \(key.livemode ? "live" : "test") mode")
        details.add("Scopes", scopes.joined(separator: " "))
        details.add("Note", key.note)
        details.add("Expires", Moment.text(key.expiresAt))
        details.add("Revoked", Moment.text(key.revokedAt))
        guard let secret else { return details.text }
        details.add("API key", secret.exposed)
        return details.text + "\n\nThe key is shown this once: keep it now."
    }

    var scopes: [String] { key.scopes.map(\.rawValue).sorted() }

    var state: String {
        if let revoked = Moment.text(key.revokedAt) { return "revoked \(revoked)" }
        return Moment.text(key.expiresAt).map { "expires \($0)" } ?? "live"
    }
}
