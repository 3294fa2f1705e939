import Glibc

/// An address's bytes in network order, read from the one canonical way of writing it.
enum IPAddress: Equatable {
    /// Four bytes.
    case v4([UInt8])
    /// Sixteen bytes.
    case v6([UInt8])

    /// Who answers at an address.
    enum Reach: Equatable {
        /// Anyone on the internet.
        case publicInternet
        /// This machine or a private network: for development only.
        case privateNetwork
        /// Nobody whom a delivery should go to: link-local (cloud metadata), multicast, reserved, tunnels.
        case never
    }

    /// Reads `a.b.c.d` in decimal without leading zeros, or an IPv6 address without brackets or zone; else nil.
    init?(_ text: String) {
        // inet_pton, unlike inet_aton, knows no short, octal or hexadecimal forms.
        if let bytes = Self.bytes(of: text, AF_INET, count: 4) {
            self = .v4(bytes)
        } else if let bytes = Self.bytes(of: text, AF_INET6, count: 16) {
            self = .v6(bytes)
        } else {
            return nil
        }
    }

    private static func bytes(of text: String, _ family: Int32, count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        return inet_pton(family, text, &bytes) == 1 ? bytes : nil
    }

    var reach: Reach {
        switch self {
        case .v4(let bytes): Self.reach(v4: bytes)
        case .v6(let bytes): Self.reach(v6: bytes)
        }
    }

    /// IANA, "IPv4 Special-Purpose Address Registry".
    private static func reach(v4 b: [UInt8]) -> Reach {
        switch (b[0], b[1], b[2]) {
        case (127, _, _), (10, _, _), (172, 16...31, _), (192, 168, _), (100, 64...127, _): .privateNetwork
        case (0, _, _), (169, 254, _), (192, 0, 0), (192, 0, 2), (192, 88, 99), (198, 18...19, _), (198, 51, 100),
            (203, 0, 113), (224..., _, _):
            .never
        default: .publicInternet
        }
    }

    /// IANA, "IPv6 Special-Purpose Address Registry": only 2000::/3 is handed out, and not all of that to hosts.
    private static func reach(v6 b: [UInt8]) -> Reach {
        if b[0..<12].allSatisfy({ $0 == 0 }) {
            // ::1; the rest of ::/96 (unspecified, IPv4-compatible) is nobody's.
            return b[12..<15].allSatisfy { $0 == 0 } && b[15] == 1 ? .privateNetwork : .never
        }
        if b[0..<10].allSatisfy({ $0 == 0 }) && b[10] == 0xff && b[11] == 0xff {
            return reach(v4: Array(b[12...]))  // ::ffff:0:0/96, IPv4-mapped
        }
        if b[0..<12].elementsEqual([0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0]) {
            return reach(v4: Array(b[12...]))  // 64:ff9b::/96, NAT64
        }
        if b[0] & 0xfe == 0xfc { return .privateNetwork }  // fc00::/7, unique local
        guard b[0] & 0xe0 == 0x20 else { return .never }
        switch (b[0], b[1], b[2], b[3]) {
        case (0x20, 0x01, 0x00...0x01, _): return .never  // 2001::/23, protocols (Teredo among them)
        case (0x20, 0x01, 0x0d, 0xb8): return .never  // documentation
        case (0x20, 0x02, _, _): return reach(v4: Array(b[2..<6]))  // 2002::/16, 6to4
        case (0x3f, 0xff, 0x00...0x0f, _): return .never  // documentation
        default: return .publicInternet
        }
    }
}
