package import Security

/// In whose name a call is made. Given to every call and kept by none, so that one tenant's key cannot travel with
/// another's call.
package struct StripeCredentials: Sendable {
    /// Whose calls these are: pacing and metrics go by it.
    package let tenant: String
    package let secretKey: Secret
    /// The connected account that the call acts on (`acct_…`), for a tenant of a platform.
    package let account: String?
    /// Calls a second that the tenant may make.
    package let callsPerSecond: Double

    /// A call whose turn is further away fails at once, as rate limited; nil for the client's own limit.
    package var longestQueue: Duration?

    /// Stripe's limit in a sandbox, and that of one endpoint in live mode.
    package static let defaultCallsPerSecond = 25.0

    /// - Parameter callsPerSecond: nil for the default.
    package init(tenant: String, secretKey: Secret, account: String? = nil, callsPerSecond: Double? = nil) {
        self.tenant = tenant
        self.secretKey = secretKey
        self.account = account
        let rate = callsPerSecond ?? Self.defaultCallsPerSecond
        // A rate of nothing would wait for ever.
        self.callsPerSecond = rate.isFinite ? min(max(rate, 0.01), 10_000) : Self.defaultCallsPerSecond
    }

    /// The mode that the key is for.
    package var livemode: Bool { secretKey.exposed.dropFirst(2).hasPrefix("_live_") }

    /// A key that may do only what it was made for.
    package var isRestricted: Bool { secretKey.exposed.hasPrefix("rk_") }
}

extension StripeCredentials {
    /// What goes into a header has to be checked, or a line break in a stored key would end the header there.
    func check() throws(StripeError) {
        guard Self.isVisible(secretKey.exposed) else {
            throw .notSent("The Stripe key of the tenant is empty or has characters that no key has.")
        }
        if let account {
            guard account.hasPrefix("acct_"), Self.isVisible(account) else {
                throw .notSent("The Stripe account of the tenant is not an acct_… id.")
            }
        }
    }

    static func isVisible(_ text: String) -> Bool {
        (1...255).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
