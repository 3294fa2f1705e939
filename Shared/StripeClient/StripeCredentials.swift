package import Security

/// In whose name a call is made. Given to every call and kept by none, so that one tenant's key cannot travel with
/// another's call.
package struct StripeCredentials: Sendable {
    /// Whose calls these are: pacing and metrics go by it.
    package let tenant: String
    package let secretKey: Secret
    /// The connected account that the call acts on (`acct_…`), for a tenant of a platform.
    package let account: String?

    package init(tenant: String, secretKey: Secret, account: String? = nil) {
        self.tenant = tenant
        self.secretKey = secretKey
        self.account = account
    }
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

    /// Calls a second that Stripe allows this account.
    var callsPerSecond: Double {
        secretKey.exposed.dropFirst(2).hasPrefix("_live_") ? 100 : 25
    }
}
