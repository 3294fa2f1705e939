import OrderedCollections
import Synchronization

/// Keys that do not do, or no longer do, what a key does. Kept in memory only: a restarted sandbox knows no bad keys.
final class KeyBook: Sendable {
    private let rules = Mutex<[APIKey.Identity: Rule]>([:])

    struct Rule: Sendable {
        let state: KeyState
        /// As the control page shows it: masked.
        let source: JSON
    }

    /// Nil makes it a good key again.
    func set(_ rule: Rule?, for key: APIKey) {
        rules.withLock { $0[key.identity] = rule }
    }

    func removeAll() {
        rules.withLock { $0 = [:] }
    }

    func list() -> [JSON] {
        rules.withLock { $0.values.map(\.source) }.sorted { $0.compact < $1.compact }
    }

    /// - Throws: the refusal of what this key may not do.
    func check(_ key: APIKey, for account: String, method: String, path: String) throws(StripeFailure) {
        switch rules.withLock({ $0[key.identity]?.state }) {
        case nil: return
        case .expired: throw .expiredKey(key)
        case .revoked: throw .wrongKey(key.masked)
        case .restricted(let permissions):
            let resource = Self.resource(of: path)
            let needed = method == "GET" ? Permission.read : .write
            guard permissions[resource] ?? permissions["*"] ?? .write < needed else { return }
            throw .notPermitted(key, on: account, needing: "rak_\(Self.singular(resource))_\(needed)")
        }
    }

    /// `/v1/refunds/re_…` is of `refunds`, `/v2/core/events` of `events`.
    private static func resource(of path: String) -> String {
        let steps = path.split(separator: "/")
        return steps.dropFirst(steps.first == "v2" ? 2 : 1).first.map(String.init) ?? ""
    }

    private static func singular(_ resource: String) -> String {
        String(resource.hasSuffix("s") ? resource.dropLast() : resource[...])
    }
}

/// What is the matter with a key.
enum KeyState: Sendable {
    case expired
    /// It was deleted: Stripe has never heard of it.
    case revoked
    /// What it may do, by resource (`refunds`); `*` is for all others, which without it may be written.
    case restricted([String: Permission])
}

/// What a restricted key may do with a resource.
enum Permission: String, Sendable, Comparable, CaseIterable {
    case none
    case read
    case write

    static func < (one: Self, other: Self) -> Bool {
        (allCases.firstIndex(of: one) ?? 0) < (allCases.firstIndex(of: other) ?? 0)
    }
}

extension KeyBook {
    /// Reads what was posted to `/_sandbox/keys`.
    static func parse(_ json: JSON) throws(FaultParser.Refused) -> (key: APIKey, rule: Rule?) {
        try FaultParser.only(["key", "state", "permissions"], json, "a key")
        guard let key = json["key"].string.flatMap(APIKey.init) else {
            throw .init(description: "`key` is no key of an account.")
        }
        let state: KeyState
        switch json["state"].string {
        case "active": return (key, nil)
        case "expired": state = .expired
        case "revoked": state = .revoked
        case "restricted":
            guard key.kind == .restricted else {
                throw .init(description: "Only restricted keys (rk_…) have permissions.")
            }
            var permissions: [String: Permission] = [:]
            for (resource, value) in json["permissions"].fields {
                guard let permission = value.string.flatMap(Permission.init(rawValue:)) else {
                    throw .init(description: "A permission is none, read or write.")
                }
                permissions[resource] = permission
            }
            guard !permissions.isEmpty else {
                throw .init(description: "`restricted` takes `permissions`, such as {\"refunds\": \"none\"}.")
            }
            state = .restricted(permissions)
        default: throw .init(description: "`state` is one of active, expired, revoked, restricted.")
        }
        return (key, Rule(state: state, source: json.merging(["key": .string(key.masked)])))
    }
}

extension StripeFailure {
    fileprivate static func expiredKey(_ key: APIKey) -> Self {
        unauthorized("Expired API Key provided: \(key.masked)", code: "api_key_expired")
    }

    fileprivate static func notPermitted(_ key: APIKey, on account: String, needing permission: String) -> Self {
        var failure = Self(
            status: 403, type: "invalid_request_error",
            message:
                "The provided key '\(key.masked)' does not have the required permissions for this endpoint on account "
                + "'\(account)'. Having the '\(permission)' permission would allow this request to continue.")
        failure.isStored = false
        return failure
    }
}
