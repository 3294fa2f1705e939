import ServiceRuntime

/// An address that Stripe's page sends the buyer back to. It must be on one of the tenant's origins.
///
/// It is taken apart and compared as an origin, never by its beginning: `https://shop.example.evil.com`,
/// `https://shop.example@evil.com` and `https://shop.example\@evil.com` all begin like `https://shop.example`.
/// Characters that a URL cannot have are refused, since browsers disagree on what they mean.
enum ReturnURL {
    /// Stripe puts the session's id in its place.
    static let placeholder = "{CHECKOUT_SESSION_ID}"

    /// - Returns: nil where it was left out.
    static func read(
        _ name: String, from fields: Fields, onOneOf origins: [String]
    ) throws(APIError) -> String? {
        guard let text = try fields.string(name, maximum: 2048) else { return nil }
        guard let origin = origin(of: text) else {
            throw .invalidRequest(
                param: name, code: "url_invalid",
                message: "\(name) must be an absolute http(s) address, percent-encoded, without a user or password; "
                    + "\(placeholder) may stand in its path, query or fragment.")
        }
        guard origins.contains(origin) else {
            throw .invalidRequest(
                param: name, code: "url_origin_not_allowed",
                message: "\(name) must be on an origin that is registered for this tenant; the operator adds one with "
                    + "checkoutctl tenant update --origin.")
        }
        return text
    }

    /// `scheme://host[:port]` in lower case, without the scheme's own port (WHATWG HTML, "ASCII serialization of an
    /// origin"); nil for what is no address to go to.
    static func origin(of text: String) -> String? {
        guard let separator = text.firstRange(of: "://") else { return nil }
        let scheme = text[..<separator.lowerBound].lowercased()
        guard scheme == "https" || scheme == "http" else { return nil }
        let tail = text[separator.upperBound...]
        let end = tail.firstIndex { "/?#".contains($0) } ?? tail.endIndex
        guard let authority = authority(tail[..<end], standardPort: scheme == "https" ? 443 : 80),
            tail[end...].replacing(placeholder, with: "").utf8.allSatisfy(isAllowed)
        else { return nil }
        return "\(scheme)://\(authority)"
    }

    private static func authority(_ text: Substring, standardPort: UInt16) -> String? {
        var host = text
        var port: UInt16?
        if let colon = text.lastIndex(of: ":"), !text.hasSuffix("]") {
            let digits = text[text.index(after: colon)...]
            guard let number = UInt16(digits), number > 0, digits.utf8.allSatisfy(isDigit) else { return nil }
            host = text[..<colon]
            port = number
        }
        let isAddress = host.hasPrefix("[") && host.hasSuffix("]")
        let name = isAddress ? host.dropFirst().dropLast() : host
        guard !name.isEmpty, name.utf8.allSatisfy({ isAddress ? isOfAddress($0) : isOfName($0) }) else { return nil }
        return host.lowercased() + (port == nil || port == standardPort ? "" : ":\(port ?? 0)")
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isOfName(_ byte: UInt8) -> Bool { isDigit(byte) || isLetter(byte) || "-._".utf8.contains(byte) }

    private static func isOfAddress(_ byte: UInt8) -> Bool {
        isDigit(byte) || isLetter(byte) || ":.".utf8.contains(byte)
    }

    /// RFC 3986, "Characters".
    private static func isAllowed(_ byte: UInt8) -> Bool {
        isDigit(byte) || isLetter(byte) || "-._~:/?#[]@!$&'()*+,;=%".utf8.contains(byte)
    }
}
