import Database
package import Messaging
package import Security

/// The last part of an endpoint's URL. Unlike other ids it is random throughout: who cannot guess it cannot even make
/// the router check a signature.
package struct WebhookEndpointID: RowID {
    package static let prefix = "we_"
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }

    /// 32 random base62 characters: 190 bits.
    package static func new() -> WebhookEndpointID { Self(rawValue: prefix + RandomToken.base62(32)) }

    /// Whether it could be one of ours: anything else needs no question to the database.
    package var isWellFormed: Bool {
        rawValue.hasPrefix(Self.prefix) && rawValue.utf8.count == Self.prefix.utf8.count + 32
            && rawValue.utf8.dropFirst(Self.prefix.utf8.count).allSatisfy(isBase62)
    }
}

func isBase62(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "A")...UInt8(ascii: "Z"):
        true
    default: false
    }
}

/// An endpoint as it is listed.
package struct WebhookEndpoint: Sendable, Equatable {
    package let id: WebhookEndpointID
    package let tenant: TenantID
    package let livemode: Bool
    /// Stripe's own id of it, where we made it there.
    package let stripeID: String?
    /// The platform whose connected accounts' events it receives; nil for one that serves its tenant alone.
    package let platformAccount: String?
    package let createdAt: Int64
    package let secrets: [WebhookSecretInfo]
}

/// What may be told of a signing secret.
package struct WebhookSecretInfo: Sendable, Equatable {
    /// Its last four characters.
    package let ending: String
    package let createdAt: Int64
    /// From when on it counts no more, µs since 1970; nil: never.
    package let expiresAt: Int64?
}

/// What the router needs to take in an event.
package struct SigningEndpoint: Sendable {
    package let id: WebhookEndpointID
    package let tenant: TenantID
    package let livemode: Bool
    /// The tenant's connected account.
    package let account: String?
    /// The platform whose connected accounts' events it receives: `account` of the event tells whose it is, see
    /// `TenantStore.connected`. `tenant` is then only the one with whose keys it was made. nil for one that serves its
    /// tenant alone.
    package let platformAccount: String?
    /// All that count now; an event signed by any of them is genuine.
    package let secrets: [Secret]

    /// Whether it is a platform's.
    package var connect: Bool { platformAccount != nil }

    package var scope: TenantScope { TenantScope(tenant: tenant, livemode: livemode) }
}
