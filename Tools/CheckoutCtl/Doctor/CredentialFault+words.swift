import StripeClient

extension StripeError.CredentialFault {
    /// What is wrong with the key, for people.
    var words: String {
        switch self {
        case .invalidKey: "Stripe refuses the key: it was rolled or revoked, has expired, or never was one"
        case .restrictedKey: "the key is a restricted one that lacks a permission"
        case .noAccess:
            "the key has no access to the connected account: it was disconnected, or belongs to another platform"
        }
    }

    /// - Parameter tenant: whose key it is.
    func mend(of tenant: String) -> String {
        let update = "checkoutctl tenant update \(tenant)"
        return switch self {
        case .invalidKey:
            "copy the current secret key from Stripe's dashboard (Developers, API keys): "
                + "\(update) --stripe-secret-key -"
        case .restrictedKey:
            "add the permission to the key in Stripe's dashboard, or give one that has it: "
                + "\(update) --stripe-secret-key -"
        case .noAccess:
            "connect the account to the platform again, or mend the tenant: \(update) --stripe-account acct_… or "
                + "--stripe-secret-key -"
        }
    }
}
