import Database
package import Messaging
package import Security

package struct APIKeyID: RowID {
    package static let prefix = "key_"
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
}

/// Who holds a key.
package enum APIKeyKind: String, Sendable, Hashable, CaseIterable {
    /// The tenant's servers.
    case secret
    /// The tenant's pages: anyone can read it there.
    case publishable

    /// How a key of this kind begins, by mode.
    func prefix(livemode: Bool) -> String {
        (self == .secret ? "ck_" : "cpk_") + (livemode ? "live_" : "test_")
    }
}

/// A key as it is listed; the key itself is not stored.
package struct APIKey: Sendable, Equatable {
    package let id: APIKeyID
    package let tenant: TenantID
    package let livemode: Bool
    package let kind: APIKeyKind
    /// Its first characters, for telling keys apart: `ck_test_Ab3d`.
    package let prefix: String
    package let scopes: Set<APIScope>
    package let note: String?
    /// Times are µs since 1970.
    package let createdAt: Int64
    package let expiresAt: Int64?
    package let revokedAt: Int64?
    /// To the minute or so.
    package let lastUsedAt: Int64?
}

/// A new key and, this once, its text.
package struct IssuedAPIKey: Sendable {
    package let key: APIKey
    package let secret: Secret
}

/// Who a request comes from.
package struct AuthenticatedKey: Sendable, Equatable {
    package let id: APIKeyID
    package let tenant: Tenant
    package let kind: APIKeyKind
    package let scopes: Set<APIScope>

    package var livemode: Bool { tenant.livemode }

    package func allows(_ scope: APIScope) -> Bool { scopes.contains(scope) }
}

/// When a key stops working.
package enum KeyExpiry: Sendable, Hashable {
    case never
    /// µs since 1970.
    case at(Int64)
    case after(Duration)
}
