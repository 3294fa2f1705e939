import NIOCore
import Security
import Testing

private let production = DestinationPolicy(allowPrivate: false)
private let development = DestinationPolicy(allowPrivate: true)

@Suite struct DestinationCheckTests {
    @Test(arguments: [
        ("https://shop.example/hooks", "shop.example", 443), ("HTTPS://Shop.Example", "shop.example", 443),
        ("https://shop.example:8443/a?b=c#d", "shop.example", 8443),
        ("https://a-b.c_d.example./x", "a-b.c_d.example", 443),
        ("https://93.184.216.34/", "93.184.216.34", 443),
        ("https://xn--bcher-kva.example?q", "xn--bcher-kva.example", 443),
        ("https://[2606:2800:220:1:248:1893:25c8:1946]:444/x", "2606:2800:220:1:248:1893:25c8:1946", 444),
        ("https://127.0.0.1.nip.example/", "127.0.0.1.nip.example", 443),
        ("https://0xcafe.example/", "0xcafe.example", 443),
    ])
    func `a public https URL passes`(url: String, host: String, port: Int) throws {
        let destination = try production.check(url)
        #expect(destination.host == host && destination.port == port && destination.isTLS)
    }

    @Test(
        arguments: [
            ("ftp://shop.example/", .scheme), ("file:///etc/passwd", .scheme), ("javascript://x", .scheme),
            ("gopher://shop.example", .scheme), ("//shop.example/", .malformed), ("shop.example", .malformed),
            ("", .malformed),
            ("http://shop.example/", .plainHTTP), ("https://", .host), ("https:///path", .host), ("https://?x", .host),
            ("https://user@shop.example/", .credentials), ("https://user:pass@shop.example/", .credentials),
            ("https://shop.example@127.0.0.1/", .credentials), ("https://@shop.example/", .credentials),
            ("https://shop.example\\@127.0.0.1/", .malformed), ("https://shop.example /", .malformed),
            ("https://shop.example/\r\nHost: x", .malformed), ("https://shöp.example/", .malformed),
            ("https://127。0。0。1/", .malformed), ("https://①②⑦.0.0.1/", .malformed), ("https://shop%2eexample/", .host),
            ("https://127%2e0.0.1/", .host), ("https://-a.example/", .host), ("https://a..example/", .host),
            ("https://.example/", .host), ("https://shop.example:0/", .malformed),
            ("https://shop.example:65536/", .malformed),
            ("https://shop.example:/", .malformed), ("https://shop.example:+1/", .malformed),
            ("https://shop.example:44x/", .malformed), ("https://[::1/", .malformed), ("https://[::1]x/", .malformed),
            ("https://[fe80::1%25eth0]/", .host), ("https://[shop.example]/", .host), ("https://[1.2.3.4]/", .host),
            ("https://" + String(repeating: "a", count: 64) + ".example/", .host),
            ("https://shop.example/" + String(repeating: "a", count: 2048), .malformed),
        ] as [(String, DestinationRefused.Reason)])
    func `a URL of the wrong form is refused`(url: String, reason: DestinationRefused.Reason) throws {
        let error = try #require(throws: DestinationRefused.self) { try production.check(url) }
        #expect(error.reason == reason)
        #expect(error.message.contains(";"), "the message must name the mend")
    }

    /// Forms that some parser takes for an IPv4 address and another for a name.
    @Test(arguments: [
        "2130706433", "0x7f000001", "0x7f.0.0.1", "0X7F.1", "017700000001", "0177.0.0.1", "127.1", "127.0.1", "0",
        "0x0",
        "127.0.0.01", "127.0.0.1.", "127.0.0.0x1", "256.256.256.256", "1.2.3.4.5", "127.0.0.1.1", "0x",
        "shop.example.1",
    ])
    func `odd ways of writing an address are refused`(host: String) throws {
        for policy in [production, development] {
            #expect(throws: DestinationRefused.self) { try policy.check("https://\(host)/") }
        }
    }

    @Test(arguments: [
        "localhost", "LOCALHOST", "localhost.", "a.localhost", "localhost.localdomain", "printer.local",
        "metadata.google.internal", "ip6-localhost", "127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1",
        "172.31.255.255", "192.168.1.1", "100.64.0.1", "100.127.255.255", "[::1]", "[fc00::1]", "[fdff::1]",
        "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:10.0.0.1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::a00:1]",
        "[0:0:0:0:0:0:0:1]", "[2002:7f00:1::]", "[2002:0a00:0001::1]",
    ])
    func `private places are for development only`(host: String) throws {
        let error = try #require(throws: DestinationRefused.self) { try production.check("https://\(host)/hook") }
        #expect(error.reason == .privateAddress)
        try development.check("https://\(host)/hook")
        try development.check("http://\(host):8080/hook")
    }

    @Test(arguments: [
        "0.0.0.0", "0.1.2.3", "169.254.169.254", "169.254.0.1", "192.0.0.1", "192.0.2.1", "192.88.99.1", "198.18.0.1",
        "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
        "[::]", "[fe80::1]", "[febf::1]", "[fec0::1]", "[ff02::1]", "[::ffff:169.254.169.254]", "[::ffff:0.0.0.0]",
        "[64:ff9b::169.254.169.254]", "[64:ff9b:1::1]", "[::127.0.0.1]", "[::2]", "[2001::1]", "[2001:db8::1]",
        "[100::1]",
        "[3fff::1]", "[2002:a9fe:a9fe::1]", "[4000::1]", "[fd00:ec2::254%eth0]",
    ])
    func `metadata, multicast and reserved addresses are refused everywhere`(host: String) {
        #expect(throws: DestinationRefused.self) { try production.check("https://\(host)/") }
        #expect(throws: DestinationRefused.self) { try development.check("https://\(host)/") }
    }

    @Test(arguments: [
        "9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0", "100.63.255.255",
        "100.128.0.0", "128.0.0.0", "126.255.255.255", "169.253.255.255", "169.255.0.0", "192.0.1.1", "198.17.255.255",
        "198.20.0.0", "223.255.255.255", "1.0.0.0", "[2000::1]", "[2001:200::1]", "[2a00:1450:4001::1]",
        "[64:ff9b::8.8.8.8]", "[::ffff:8.8.8.8]", "[2002:0808:0808::1]", "[2001:db7::1]",
    ])
    func `the neighbours of private ranges are public`(host: String) throws {
        try production.check("https://\(host)/")
    }
}

@Suite struct DestinationResolveTests {
    @Test func `an address resolves to itself`() async throws {
        let answers = try await production.resolve("93.184.216.34", port: 443)
        #expect(answers == [try SocketAddress(ipAddress: "93.184.216.34", port: 443)])
        let six = try await production.resolve("2606:2800:220:1:248:1893:25c8:1946", port: 8443)
        #expect(six == [try SocketAddress(ipAddress: "2606:2800:220:1:248:1893:25c8:1946", port: 8443)])
    }

    @Test(arguments: ["127.0.0.1", "::1", "10.1.2.3", "localhost", "LocalHost.", "x.internal", "169.254.169.254"])
    func `a private address or a local name is refused at the call as well`(host: String) async {
        await #expect(throws: DestinationRefused.self) { _ = try await production.resolve(host, port: 443) }
    }

    @Test func `localhost resolves to loopback in development`() async throws {
        let answers = try await development.resolve("localhost", port: 8080)
        #expect(!answers.isEmpty)
        for answer in answers {
            #expect(["127.0.0.1", "::1"].contains(answer.ipAddress))
            #expect(answer.port == 8080)
        }
    }

    @Test func `a name that does not exist is another error than a refusal`() async {
        // RFC 6761: "invalid" never resolves.
        await #expect(throws: DestinationUnresolved.self) {
            _ = try await production.resolve("shop.invalid", port: 443)
        }
    }

    @Test func `the resolver refuses odd forms that check would have refused`() async {
        // getaddrinfo reads 127.1 and 2130706433 as addresses; the answer is what counts.
        for host in ["127.1", "2130706433", "0x7f.1"] {
            await #expect(throws: DestinationRefused.self) { _ = try await production.resolve(host, port: 443) }
        }
    }
}
