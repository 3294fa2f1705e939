import Crypto
import FoundationEssentials
import HTTPTypes

/// A key as it came with a call. The account is made of what follows the prefix, so that a secret and a publishable
/// key with the same tail belong together; any tail of eight characters or more is an account.
struct APIKey: Sendable {
    enum Kind: String, Sendable {
        case secret = "sk"
        case restricted = "rk"
        case publishable = "pk"
    }

    let kind: Kind
    let scope: AccountScope
    /// Which key it is, without its text: the account stands for what follows the prefix.
    var identity: Identity { Identity(kind: kind, scope: scope) }
    /// As Stripe shows a key in a message.
    let masked: String

    struct Identity: Hashable, Sendable {
        let kind: Kind
        let scope: AccountScope
    }

    init?(_ text: String) {
        let parts = text.split(separator: "_", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let kind = Kind(rawValue: String(parts[0])), parts[1] == "test" || parts[1] == "live",
            parts[2].utf8.count >= 8, parts[2].utf8.count <= 255,
            parts[2].allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") })
        else { return nil }
        self.kind = kind
        self.scope = AccountScope(account: Self.account(ofTail: String(parts[2])), livemode: parts[1] == "live")
        self.masked = Self.mask(text)
    }

    private static func account(ofTail tail: String) -> String {
        "acct_1" + Identifier.base62(SHA256.hash(data: Array(tail.utf8)).prefix(15))
    }

    /// Everything but the prefix and the last four characters as stars.
    static func mask(_ text: String) -> String {
        let prefix = ["sk_test_", "sk_live_", "rk_test_", "rk_live_", "pk_test_", "pk_live_"].first(
            where: text.hasPrefix)
        let rest = text.dropFirst(prefix?.count ?? 0)
        return (prefix ?? "") + String(repeating: "*", count: max(0, rest.count - 4)) + rest.suffix(4)
    }

    /// The key of `Authorization: Bearer …` or `Basic …` (the key as user name, no password); nil when there is none.
    static func presented(in authorization: String?) -> String? {
        guard let authorization else { return nil }
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        switch parts[0].lowercased() {
        case "bearer":
            return parts[1].filter { $0 != " " }
        case "basic":
            guard let data = Data(base64Encoded: String(parts[1])) else { return nil }
            let text = String(decoding: data, as: UTF8.self)
            return String(text.prefix { $0 != ":" })
        default:
            return nil
        }
    }
}

extension StripeFailure {
    static var noKey: Self {
        unauthorized(
            "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer "
                + "auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication "
                + "for details, or we can help at https://support.stripe.com/.")
    }

    static func wrongKey(_ presented: String) -> Self {
        unauthorized("Invalid API Key provided: \(APIKey.mask(presented))")
    }

    static var secretKeyRequired: Self {
        unauthorized(
            "This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of "
                + "your API keys at https://dashboard.stripe.com/account/apikeys.", code: "secret_key_required")
    }

    static func noAccess(_ key: APIKey, to account: String) -> Self {
        var failure = Self(
            status: 403, type: "invalid_request_error", code: "account_invalid",
            message:
                "The provided key '\(key.masked)' does not have access to account '\(account)' (or that account does "
                + "not exist). Application access may have been revoked.")
        failure.isStored = false
        return failure
    }

    static func unauthorized(_ message: String, code: String? = nil) -> Self {
        var failure = Self(status: 401, type: "invalid_request_error", code: code, message: message)
        failure.headers["WWW-Authenticate"] = "Basic realm=\"Stripe\""
        failure.isStored = false
        return failure
    }
}
