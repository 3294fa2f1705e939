/// The parts of a tenant's URL that decide where a call goes, read by the strictest of rules.
///
/// Two parsers that disagree about a URL are how such checks are usually passed. So nothing is repaired here: whatever is
/// not plainly `scheme://host[:port][/…]` is refused, and any parser must see the same host as this one.
package struct Destination: Sendable, Equatable {
    package let isTLS: Bool
    /// A name in lower case without a final dot, or an IP address without brackets.
    package let host: String
    package let port: Int

    init(_ url: String) throws(DestinationRefused) {
        guard url.utf8.count <= 2048, url.utf8.allSatisfy({ (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "\\") })
        else { throw .malformed }
        guard let schemeEnd = url.firstRange(of: "://") else { throw .malformed }
        switch url[..<schemeEnd.lowerBound].lowercased() {
        case "https": isTLS = true
        case "http": isTLS = false
        default: throw .scheme
        }
        let authority = url[schemeEnd.upperBound...].prefix { !"/?#".contains($0) }
        guard !authority.contains("@") else { throw .credentials }
        let (host, port) = try Self.split(authority)
        self.host = host
        self.port = port ?? (isTLS ? 443 : 80)
    }

    private static func split(_ authority: Substring) throws(DestinationRefused) -> (host: String, port: Int?) {
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { throw .malformed }
            let literal = String(authority[authority.index(after: authority.startIndex)..<end])
            guard case .v6 = IPAddress(literal) else { throw .host }
            return (literal.lowercased(), try port(authority[authority.index(after: end)...]))
        }
        let name = authority.prefix { $0 != ":" }
        return (try hostName(name), try port(authority[name.endIndex...]))
    }

    private static func port(_ text: Substring) throws(DestinationRefused) -> Int? {
        if text.isEmpty { return nil }
        let digits = text.dropFirst()
        guard text.first == ":", digits.count <= 5, digits.allSatisfy(\.isNumber), let port = Int(digits),
            (1...65535).contains(port)
        else { throw .malformed }
        return port
    }

    private static func hostName(_ text: Substring) throws(DestinationRefused) -> String {
        let name = (text.last == "." ? text.dropLast() : text).lowercased()
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        guard name.utf8.count <= 253, let last = labels.last, labels.allSatisfy(isLabel) else { throw .host }
        // WHATWG URL, "ends in a number": such a host is an IPv4 address to some parser, in decimal, octal or hex, whole
        // or in parts. Only the one form that all read alike is let through.
        if last.allSatisfy(\.isNumber) || last.hasPrefix("0x") {
            guard text.last != ".", case .v4 = IPAddress(name) else { throw .host }
        }
        return name
    }

    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
            && label.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                    UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}
