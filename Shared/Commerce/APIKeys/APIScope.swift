/// What a key may do.
package enum APIScope: String, Sendable, Hashable, CaseIterable {
    case paymentsWrite = "payments:write"
    case ordersRead = "orders:read"
    /// Cancel, capture.
    case ordersWrite = "orders:write"
    /// Gives money back.
    case refundsWrite = "refunds:write"
    case subscriptionsRead = "subscriptions:read"
    /// Change, cancel, reactivate.
    case subscriptionsWrite = "subscriptions:write"
    case catalogRead = "catalog:read"
    case catalogWrite = "catalog:write"
    case dashboardRead = "dashboard:read"

    /// What every publishable key may do, and nothing else: start a checkout (from catalog items only), read the order
    /// whose client secret it shows, see the catalog.
    package static let publishable: Set<APIScope> = [.paymentsWrite, .ordersRead, .catalogRead]
}

extension Set<APIScope> {
    /// As stored: `*` for all, so that a full key also has the scopes that are added later.
    var stored: String { self == Set(APIScope.allCases) ? "*" : map(\.rawValue).sorted().joined(separator: " ") }

    /// A word that this build does not know grants nothing.
    init(stored: String) {
        let words = stored.split(separator: " ").map(String.init)
        self = stored == "*" ? Set(APIScope.allCases) : Set(words.compactMap(APIScope.init(rawValue:)))
    }
}
