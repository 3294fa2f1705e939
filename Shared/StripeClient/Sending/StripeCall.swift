import NIOHTTP1

/// One call, whatever number of tries it takes.
struct StripeCall: Sendable {
    let method: HTTPMethod
    let path: StripePath
    /// The body of a POST, the query of anything else.
    let form: FormBody
    /// On every POST, the same on each try.
    let idempotencyKey: String?

    /// What a log and an error call it.
    var name: String { "\(method.rawValue) \(path.template)" }

    /// It changes something at Stripe, so a lost answer leaves a question.
    var changes: Bool { method != .GET }

    func check() throws(StripeError) {
        guard path.isValid else { throw .notSent("\(name) was not sent: an id in it is no id.") }
        if let idempotencyKey {
            // Stripe: "Idempotent requests", at most 255 characters.
            guard StripeCredentials.isVisible(idempotencyKey) else {
                throw .notSent("\(name) was not sent: its idempotency key is empty, too long or not plain ASCII.")
            }
        }
    }
}
