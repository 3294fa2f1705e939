package import StripeModels

extension StripeError {
    /// Why Stripe takes a tenant's key for nothing, or for too little. Only its owner can mend it.
    package enum CredentialFault: String, Sendable {
        /// The key was rolled, revoked or has expired, or never was one.
        case invalidKey = "invalid_key"
        /// A restricted key that may not do this.
        case restrictedKey = "restricted_key"
        /// The key may not act for that connected account, or the account is gone.
        case noAccess = "no_access"
    }

    /// nil for a call that failed for another reason.
    package var credentialFault: CredentialFault? {
        switch (status, body?.code) {
        case (401, _): .invalidKey
        case (403, "account_invalid"): .noAccess
        case (403, _): .restrictedKey
        default: nil
        }
    }

    /// The card was declined, or its bank wants to see its owner.
    package var isCardError: Bool { body?.type == .cardError }

    /// The bank wants the owner of the card to prove who they are, and they are not here.
    package var isAuthenticationRequired: Bool {
        isCardError && [body?.code, body?.declineCode].contains("authentication_required")
    }

    /// The PaymentIntent that a refused payment left behind, with the client secret to recover it by.
    package var paymentIntent: PaymentIntent? { body?.paymentIntent }

    /// What the call was about, or what a parameter of it names, is not there; `body.param` names the parameter.
    package var isResourceMissing: Bool {
        // The second API has a word of its own.
        body?.code == "resource_missing" || status == 404 && body?.code == "not_found"
    }

    /// The idempotency key was used before with other parameters: a fault of ours, which no retry mends.
    package var isKeyReused: Bool { body?.type == .idempotencyError && status == 400 }
}
