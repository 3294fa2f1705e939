import FoundationEssentials

/// Where Stripe's API is: a scheme and a host, without a path.
struct StripeBase: Sendable {
    /// Without a slash at the end.
    let url: String

    /// - Throws: `notSent` for anything but an `https` address, or an `http` one on this machine: keys never cross a
    ///   network in the clear.
    init(_ text: String) throws(StripeError) {
        guard let parts = URLComponents(string: text), let host = parts.host, !host.isEmpty,
            parts.user == nil, parts.password == nil, parts.query == nil, parts.fragment == nil,
            parts.path.isEmpty || parts.path == "/"
        else { throw .notSent("Stripe's address must be a scheme and a host, such as https://api.stripe.com.") }
        switch parts.scheme?.lowercased() {
        case "https": break
        case "http" where Self.isLoopback(host): break
        default:
            throw .notSent("Stripe's address must be https, or http on a loopback address.")
        }
        url = text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    private static func isLoopback(_ host: String) -> Bool {
        if ["localhost", "::1", "[::1]"].contains(host.lowercased()) { return true }
        // Four plain octets: a name such as 127.0.0.1.example.com belongs to somebody else.
        let octets = host.split(separator: ".", omittingEmptySubsequences: false)
        return octets.count == 4 && octets[0] == "127"
            && octets.allSatisfy { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } && UInt8($0) != nil }
    }
}
