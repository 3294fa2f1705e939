/// Something that shall go wrong with the next calls. The language is described in docs/sandbox.md.
struct Fault: Sendable {
    enum Action: Sendable {
        /// Answers this instead.
        case status(FaultAnswer, afterActing: Bool, isStored: Bool)
        /// Answers late.
        case delay(seconds: Double)
        /// Holds the call, having taken its idempotency key, and then closes the connection without an answer.
        case hang(seconds: Double?, afterActing: Bool)
        /// Closes the connection without an answer.
        case drop(afterActing: Bool)
    }

    let id: String
    let match: FaultMatch
    let action: Action
    /// How many matching calls to let pass first.
    var skip: Int
    /// How many more calls it meets; nil for all that come.
    var times: Int?
    /// As it was asked for.
    let source: JSON
}

/// The answer of a `status` fault.
struct FaultAnswer: Sendable {
    let status: Int
    var headers: [String: String]
    /// The `error` object, or any text in its stead.
    let body: FaultBody
}

enum FaultBody: Sendable {
    case failure(StripeFailure)
    case text(String)
}

/// Which calls a fault meets: whatever is absent matches all.
struct FaultMatch: Sendable {
    var method: String?
    /// A path, in which `*` stands for any text.
    var path: String?
    /// `acct_…`, or a key of the account.
    var account: String?
    var livemode: Bool?
    var idempotencyKey: String?

    func matches(method: String, path: String, scope: AccountScope, idempotencyKey: String?) -> Bool {
        (self.method == nil || self.method == method) && (self.path.map { Glob.matches(path, $0) } ?? true)
            && (account == nil || account == scope.account) && (livemode == nil || livemode == scope.livemode)
            && (self.idempotencyKey.map { Glob.matches(idempotencyKey ?? "", $0) } ?? true)
    }
}

/// Text with `*` for any text.
enum Glob {
    static func matches(_ text: some StringProtocol, _ pattern: some StringProtocol) -> Bool {
        let text = Array(text.utf8)
        let pattern = Array(pattern.utf8)
        let star = UInt8(ascii: "*")
        var (at, wanted) = (0, 0)
        // The last star met, and how far what it stands for reaches.
        var fallback: (wanted: Int, at: Int)?
        while at < text.count {
            if wanted < pattern.count, pattern[wanted] == star {
                fallback = (wanted + 1, at)
                wanted += 1
            } else if wanted < pattern.count, pattern[wanted] == text[at] {
                at += 1
                wanted += 1
            } else if let last = fallback {
                fallback = (last.wanted, last.at + 1)
                (wanted, at) = (last.wanted, last.at + 1)
            } else {
                return false
            }
        }
        return pattern[wanted...].allSatisfy { $0 == star }
    }
}
