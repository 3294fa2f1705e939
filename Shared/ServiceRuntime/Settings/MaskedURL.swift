import Security

/// A URL as it may be shown: its password and the parameters that hold one are masked.
///
/// Works on the text and not on a parsed URL, since it must also mask what no parser accepts (`postgres://u:p@/db?host=…`).
func maskedURL(_ url: String) -> String {
    var masked = url
    if let scheme = masked.firstRange(of: "://") {
        let rest = masked[scheme.upperBound...]
        // A password may hold "/" or "?" when somebody forgot to encode it: take everything up to the last "@".
        if let at = rest.lastIndex(of: "@"), let colon = rest[..<at].firstIndex(of: ":") {
            masked.replaceSubrange(masked.index(after: colon)..<at, with: Secret.mask)
        }
    }
    guard let query = masked.firstIndex(of: "?") else { return masked }
    let parameters = masked[masked.index(after: query)...].split(separator: "&", omittingEmptySubsequences: false)
    let shown = parameters.map { parameter in
        guard let equals = parameter.firstIndex(of: "="), namesSecret(parameter[..<equals]) else {
            return String(parameter)
        }
        return "\(parameter[...equals])\(Secret.mask)"
    }
    return masked[...query] + shown.joined(separator: "&")
}

private func namesSecret(_ name: Substring) -> Bool {
    let name = name.lowercased()
    return ["password", "passwd", "pwd", "secret", "token", "key"].contains { name.hasSuffix($0) }
}
