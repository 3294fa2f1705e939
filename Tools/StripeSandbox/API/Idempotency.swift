import Crypto

/// Where an idempotency key counts: one account, one mode.
struct IdempotencySlot: Hashable, Sendable {
    let scope: AccountScope
    let key: String

    /// The record that keeps the answer.
    var recordID: String { ResourceKind.idempotentRequest.prefix + key }

    /// Stripe keeps keys for at least 24 hours.
    static let keptSeconds: Int64 = 24 * 60 * 60
}

/// Stripe's rules for `Idempotency-Key`: the same call is done once, and answered the same each time.
struct Idempotency: Sendable {
    let slot: IdempotencySlot
    /// What the call was: another one under the same key is refused.
    let fingerprint: String
    private let path: String

    enum Beginning: Sendable {
        case proceed
        case replay(Answer)
    }

    init(key: String, scope: AccountScope, method: String, path: String, sent: JSON) {
        slot = IdempotencySlot(scope: scope, key: key)
        self.path = path
        let hash = SHA256.hash(data: Array("\(method) \(path)\n\(sent.compact)".utf8))
        fingerprint = Identifier.base62(hash)
    }

    /// Takes the key for this call, or tells what to answer in its stead.
    func begin(_ transaction: Transaction) throws(StripeFailure) -> Beginning {
        guard !transaction.world.inFlight.contains(slot) else { throw .keyInUse(slot.key) }
        if let kept = transaction.record(.idempotentRequest, slot.recordID),
            let expires = kept["expires"].int, expires > transaction.now
        {
            guard kept["fingerprint"].string == fingerprint else {
                throw .keyReused(slot.key, path: path, firstPath: kept["path"].string ?? path)
            }
            return .replay(
                Answer(
                    status: Int(kept["status"].int ?? 500), body: kept["body"],
                    originalRequest: kept["request"].string, isReplay: true))
        }
        transaction.world.inFlight.insert(slot)
        return .proceed
    }

    /// Keeps the answer, in the transaction that did what it tells.
    func finish(_ transaction: Transaction, with answer: Answer) {
        let body: JSON = [
            "fingerprint": .string(fingerprint), "path": .string(path), "status": JSON(answer.status),
            "body": answer.body,
            "request": JSON(answer.originalRequest),
            "expires": .int(transaction.now + IdempotencySlot.keptSeconds),
        ]
        if var kept = transaction.record(.idempotentRequest, slot.recordID) {
            kept.body = body
            transaction.put(kept)
        } else {
            transaction.insert(.idempotentRequest, id: slot.recordID, body)
        }
        transaction.prune(.idempotentRequest) { $0["expires"].int ?? 0 <= transaction.now }
    }

    /// Gives the key back, once the call is answered, whichever way.
    func release(_ world: World) {
        world.inFlight.remove(slot)
    }
}

/// What is answered to a call.
struct Answer: Sendable {
    var status: Int
    var body: JSON
    /// The request that did what is answered: this one, or for a replay the first.
    var originalRequest: String?
    var isReplay = false
    /// The body is a text to send as it is: what a broken gateway would say.
    var isRaw = false
    var headers: [String: String] = [:]
}

extension StripeFailure {
    static func keyInUse(_ key: String) -> Self {
        var failure = Self(
            status: 409, type: "idempotency_error", code: "idempotency_key_in_use",
            message:
                "There is currently another in-progress request using this Idempotent Key (that probably means you "
                + "submitted twice, and the other request is still going through): \(key). Please try your request again "
                + "later.")
        failure.isStored = false
        return failure
    }

    static func keyReused(_ key: String, path: String, firstPath: String) -> Self {
        let rule =
            path == firstPath
            ? "with the same parameters they were first used with."
            : "for the same endpoint they were first used for ('\(path)' vs '\(firstPath)')."
        var failure = Self(
            status: 400, type: "idempotency_error",
            message: "Keys for idempotent requests can only be used \(rule) Try using a key other than '\(key)' if you "
                + "meant to execute a different request.")
        failure.isStored = false
        return failure
    }
}
