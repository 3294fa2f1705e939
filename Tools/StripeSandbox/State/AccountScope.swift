/// Whose books a call reads and writes: one account in one mode. Nothing is shared between two scopes.
struct AccountScope: Hashable, Sendable, CustomStringConvertible {
    /// `acct_…`
    let account: String
    let livemode: Bool

    var description: String { "\(account)/\(livemode ? "live" : "test")" }

    init(account: String, livemode: Bool) {
        self.account = account
        self.livemode = livemode
    }

    /// Reads back `description`.
    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1] == "live" || parts[1] == "test" else { return nil }
        self.init(account: String(parts[0]), livemode: parts[1] == "live")
    }
}
