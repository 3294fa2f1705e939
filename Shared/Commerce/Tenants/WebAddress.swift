/// The parts of an http(s) address that matter for whom it names. Not a URL parser: what is unusual is refused.
struct WebAddress {
    private let scheme: String
    private let authority: Substring
    private let rest: Substring

    init?(_ text: String) {
        guard let separator = text.firstRange(of: "://") else { return nil }
        scheme = text[..<separator.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else { return nil }
        let tail = text[separator.upperBound...]
        let end = tail.firstIndex { "/?#\\".contains($0) } ?? tail.endIndex
        authority = tail[..<end]
        rest = tail[end...]
        guard !authority.isEmpty, !rest.hasPrefix("\\"), Self.isHostAndPort(authority.split(separator: "@").last ?? "")
        else { return nil }
    }

    var hasUserInfo: Bool { authority.contains("@") }
    var hasFragment: Bool { rest.contains("#") }

    /// `scheme://host[:port]` in lower case, without the scheme's own port; nil when there is more than that.
    /// Source: WHATWG HTML, "ASCII serialization of an origin".
    var origin: String? {
        guard !hasUserInfo, rest.isEmpty || rest == "/" else { return nil }
        let standard = scheme == "https" ? ":443" : ":80"
        let host = authority.hasSuffix(standard) ? authority.dropLast(standard.count) : authority
        return "\(scheme)://\(host.lowercased())"
    }

    private static func isHostAndPort(_ text: Substring) -> Bool {
        var host = text
        if let colon = text.lastIndex(of: ":"), !text.hasSuffix("]") {
            host = text[..<colon]
            guard let port = UInt16(text[text.index(after: colon)...]), port > 0 else { return false }
        }
        if host.hasPrefix("["), host.hasSuffix("]") {
            return host.dropFirst().dropLast().allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." } && host.count > 3
        }
        return !host.isEmpty
            && host.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}
