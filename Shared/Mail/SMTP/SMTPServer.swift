import Foundation
package import Security

/// Where mail is handed in: what `SMTP_URL` says.
package struct SMTPServer: Sendable, Hashable {
    /// Whose name and password we give it.
    package struct Login: Sendable, Hashable {
        package let user: String
        package let password: Secret
    }

    /// TLS from the first byte (`smtps`), or STARTTLS.
    package let isTLS: Bool
    package let host: String
    package let port: Int
    package let login: Login?

    /// A password goes over the net only encrypted; to this machine itself it may go in clear.
    package var mustEncrypt: Bool { isTLS || (login != nil && !isLoopback) }

    /// - Parameter url: `smtp://` or `smtps://`, `user:password@` (percent-encoded) if it wants a login, host, and a port
    ///   where it is not 587 or, for `smtps`, 465.
    /// - Throws: `.invalid`: what is wrong and the mend, without the URL, which may hold a password.
    package init(parsing url: String) throws(MailError) {
        let form = "set it to smtp://USER:PASSWORD@HOST:PORT, or smtps://…"
        guard let scheme = url.firstRange(of: "://"),
            let isTLS = ["smtp": false, "smtps": true][url[..<scheme.lowerBound].lowercased()]
        else { throw MailError(.invalid, "begins with neither smtp:// nor smtps://; \(form)") }
        self.isTLS = isTLS
        var rest = url[scheme.upperBound...]
        if rest.last == "/" { rest.removeLast() }
        let at = rest.lastIndex(of: "@")
        login = try at.map { (index) throws(MailError) in try Self.login(rest[..<index]) }
        let place = at.map { rest[rest.index(after: $0)...] } ?? rest
        guard let (host, port) = Self.split(place) else {
            throw MailError(.invalid, "has no HOST:PORT that can be read; \(form)")
        }
        self.host = host
        self.port = port ?? (isTLS ? 465 : 587)
    }

    private static func login(_ text: Substring) throws(MailError) -> Login {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map {
            $0.contains(where: { "/?# @".contains($0) }) ? nil : String($0).removingPercentEncoding
        }
        guard parts.count == 2, let user = parts[0], let password = parts[1], !user.isEmpty, !password.isEmpty,
            !(user + password).utf8.contains(where: { $0 < 0x20 || $0 == 0x7f })
        else {
            throw MailError(
                .invalid,
                "has no USER:PASSWORD before its @ that can be read; set it to one, percent-encoded"
            )
        }
        return Login(user: user, password: Secret(password))
    }

    private static func split(_ place: Substring) -> (host: String, port: Int?)? {
        var host = place
        var port: Int?
        if let colon = place.lastIndex(of: ":"), place.last != "]" {
            guard let number = UInt16(place[place.index(after: colon)...]), number > 0 else { return nil }
            port = Int(number)
            host = place[..<colon]
        }
        let isIPv6 = host.wholeMatch(of: /\[[0-9a-fA-F:.]{2,}\]/) != nil
        let isName = !host.isEmpty && host.utf8.allSatisfy { $0.isASCIIAlphanumeric || "-._".utf8.contains($0) }
        return isIPv6 || isName ? (host.lowercased(), port) : nil
    }

    private var isLoopback: Bool {
        ["localhost", "[::1]"].contains(host) || host.wholeMatch(of: /127(\.\d+){3}/) != nil
    }
}

extension SMTPServer {
    /// As it may be shown.
    package var masked: String { "\(scheme)://\(login.map { "\($0.user):\(Secret.mask)@" } ?? "")\(place)" }

    var scheme: String { isTLS ? "smtps" : "smtp" }
    var place: String { "\(host):\(port)" }
}
