import Messaging
import Security

/// What a sealed value is for. The ciphertext is bound to its tenant and to this, so that a value copied into another
/// tenant's row, or into another column (a Stripe key put where a stored answer is read out), does not open there.
enum SealPurpose: String {
    case stripeSecretKey = "stripe_secret_key"
    case fulfillmentSecret = "fulfillment_secret"
    case webhookSecret = "webhook_secret"
    case clientSecret = "client_secret"
    case storedAnswer = "stored_answer"

    func context(_ tenant: TenantID) -> String { "\(tenant)/\(rawValue)" }
}

extension KeyRing {
    func seal(_ secret: Secret, of tenant: TenantID, for purpose: SealPurpose) throws -> String {
        try seal(secret, for: purpose.context(tenant))
    }

    /// - Throws: `.unreadable`, for the operator: a master key is missing or the row was altered.
    func open(_ sealed: String, of tenant: TenantID, for purpose: SealPurpose) throws(CommerceError) -> Secret {
        do {
            return try open(sealed, for: purpose.context(tenant))
        } catch {
            throw .unreadable("The \(purpose.rawValue) of \(tenant) cannot be opened: \(error.message)")
        }
    }
}
