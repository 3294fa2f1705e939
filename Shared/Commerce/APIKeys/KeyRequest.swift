import Security

/// A key to be issued, after it passed the rules.
struct KeyRequest {
    let kind: APIKeyKind
    let scopes: Set<APIScope>
    let expiry: KeyExpiry
    let note: String?

    init(
        kind: APIKeyKind, scopes: Set<APIScope>?, expiry: KeyExpiry, note: String?
    ) throws(CommerceError) {
        let scopes = scopes ?? (kind == .secret ? Set(APIScope.allCases) : APIScope.publishable)
        guard !scopes.isEmpty else { throw .invalid("scopes", "scopes must name at least one scope.") }
        guard kind == .secret || scopes == APIScope.publishable else {
            throw .invalid("scopes", "A publishable key's scopes are fixed; leave scopes out.")
        }
        switch expiry {
        case .after(let lifetime) where lifetime <= .zero || lifetime > FieldRules.longestDuration:
            throw .invalid("expires_in", "A key's life must be longer than nothing and at most ten years.")
        case .never, .at, .after: break
        }
        self.kind = kind
        self.scopes = scopes
        self.expiry = expiry
        self.note = try FieldRules.optionalText(note, "note", limit: 200)
    }

    private init(_ kind: APIKeyKind) {
        self.kind = kind
        scopes = kind == .secret ? Set(APIScope.allCases) : APIScope.publishable
        expiry = .never
        note = nil
    }

    /// A new tenant's first key of this kind.
    static func first(_ kind: APIKeyKind) -> KeyRequest { KeyRequest(kind) }
}
