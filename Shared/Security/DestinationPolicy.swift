package import NIOCore

/// Where calls to a tenant's own URLs may go (a guard against server-side request forgery).
///
/// ``check(_:)`` looks at the URL when it is set; ``resolve(_:port:)`` looks at the addresses each time it is called.
/// The caller connects to an address that `resolve` returned and never looks the name up again, so that a name that
/// changes its mind in between (DNS rebinding) gains nothing.
package struct DestinationPolicy: Sendable {
    private let allowPrivate: Bool

    /// - Parameter allowPrivate: let through plain http, loopback and private networks (development). Link-local,
    ///   multicast and reserved addresses stay refused.
    package init(allowPrivate: Bool) {
        self.allowPrivate = allowPrivate
    }

    /// Refuses a URL that may never be called; returns where it leads.
    @discardableResult
    package func check(_ url: String) throws(DestinationRefused) -> Destination {
        let destination = try Destination(url)
        guard destination.isTLS || allowPrivate else { throw .plainHTTP }
        if let address = IPAddress(destination.host) {
            try check(address)
        } else if !allowPrivate, Self.isLocalName(destination.host) {
            throw .privateAddress
        }
        return destination
    }

    /// The addresses behind a name, each of them checked: one that is not allowed refuses them all.
    ///
    /// - Throws: ``DestinationRefused``, or ``DestinationUnresolved`` where another try may work.
    package func resolve(_ host: String, port: Int) async throws -> [SocketAddress] {
        let answers: [String]
        if IPAddress(host) != nil {
            answers = [host]
        } else {
            guard allowPrivate || !Self.isLocalName(host.lowercased()) else { throw DestinationRefused.privateAddress }
            answers = try await HostResolver.addresses(of: host)
        }
        return try answers.map { answer in
            // An answer with a zone (fe80::1%2) does not read as an address: it is link-local.
            guard let address = IPAddress(answer) else { throw DestinationRefused.privateAddress }
            try check(address)
            return try SocketAddress(ipAddress: answer, port: port)
        }
    }

    private func check(_ address: IPAddress) throws(DestinationRefused) {
        switch address.reach {
        case .publicInternet: return
        case .privateNetwork where allowPrivate: return
        case .privateNetwork, .never: throw .privateAddress
        }
    }

    /// Names that only ever lead home (RFC 6761, RFC 6762, RFC 9476, and what /etc/hosts commonly holds).
    private static func isLocalName(_ name: String) -> Bool {
        let name = name.hasSuffix(".") ? String(name.dropLast()) : name
        let top = name.split(separator: ".").last.map(String.init) ?? name
        return ["localhost", "localdomain", "local", "internal", "ip6-localhost", "ip6-loopback"].contains(top)
    }
}
