import Security

extension Destination {
    /// `url` with this destination's host spelled as we spell it.
    ///
    /// The HTTP client finds the address that it is pinned to by the host's exact text. Were the two spelled
    /// differently (`Shop.example.` and `shop.example`), it would ask DNS by itself and could be led to an address that
    /// nobody checked.
    func pinned(_ url: String) -> String {
        let rest = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? ""
        let path = rest.drop { !"/?#".contains($0) }.prefix { $0 != "#" }
        let authority = host.contains(":") ? "[\(host)]" : host
        let port = port == (isTLS ? 443 : 80) ? "" : ":\(port)"
        return "\(isTLS ? "https" : "http")://\(authority)\(port)\(path)"
    }
}
