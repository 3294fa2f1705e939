import Foundation
import Security
import Testing

@testable import ServiceRuntime

/// A reader for a program called "shop" with the given flags, environment and env file.
func reader(
    _ flags: [String] = [], _ environment: [String: String] = [:], file: String? = nil
) throws -> SettingsReader {
    guard let file else { return SettingsReader(arguments: ["/usr/bin/shop"] + flags, environment: environment) }
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).env").path
    try file.write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return SettingsReader(
        arguments: ["/usr/bin/shop"] + flags, environment: environment.merging(["ENV_FILE": path]) { given, _ in given }
    )
}

extension SettingsReader {
    /// The fault lines, empty if there are none.
    var faultLines: [String] {
        do throws(SettingsError) {
            try finish()
            return []
        } catch {
            return error.lines
        }
    }
}

@Suite struct SettingsPrecedenceTests {
    struct Case: Sendable {
        var flags: [String] = []
        var environment: [String: String] = [:]
        var file: String?
        let expected: String
    }

    @Test(arguments: [
        Case(expected: "preset"),
        Case(file: "SHOP_NAME=file", expected: "file"),
        Case(environment: ["SHOP_NAME": "env"], file: "SHOP_NAME=file", expected: "env"),
        Case(
            flags: ["--shop-name", "flag"], environment: ["SHOP_NAME": "env"], file: "SHOP_NAME=file", expected: "flag"),
        Case(flags: ["--shop-name=flag=x"], expected: "flag=x"),
        Case(flags: ["--shop-name", "a,b, c"], expected: "a,b, c"),
        Case(environment: ["SHOP_NAME": "a,b, c"], expected: "a,b, c"),
        Case(environment: ["SHOP_NAME": ""], file: "SHOP_NAME=file", expected: "preset"),
        Case(flags: ["--shop-name="], environment: ["SHOP_NAME": "env"], expected: "preset"),
    ])
    func `a flag goes over the environment, that over the file, that over the default`(given: Case) throws {
        var settings = try reader(given.flags, given.environment, file: given.file)
        let name = settings.string("SHOP_NAME", default: "preset", meaning: "the shop's name")
        #expect(name == given.expected)
        #expect(settings.faultLines == [])
    }

    @Test func `the env file may be named by a flag`() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).env").path
        try "SHOP_NAME=file".write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        var settings = try reader(["--env-file", path])
        #expect(settings.optionalString("SHOP_NAME", meaning: "name") == "file")
        #expect(settings.faultLines == [])
        #expect(settings.summary.map(\.name) == ["ENV_FILE", "SHOP_NAME"])
    }

    @Test func `an env file has comments, exports, quotes and any line ending`() throws {
        let file = "# comment\r\n\r\nexport A=1\r\nB = \"two words\"\n  # more\nC='x=y'\nD=\nE=\"\nA=last\n"
        var settings = try reader(file: file)
        #expect(settings.optionalString("A", meaning: "") == "last")
        #expect(settings.optionalString("B", meaning: "") == "two words")
        #expect(settings.optionalString("C", meaning: "") == "x=y")
        #expect(settings.optionalString("D", meaning: "") == nil)
        #expect(settings.optionalString("E", meaning: "") == "\"")
        #expect(settings.faultLines == [])
    }

    @Test func `a missing or garbled env file is a fault, and its lines are not repeated`() throws {
        #expect(
            try reader(["--env-file", "/does/not/exist"]).faultLines
                == ["ENV_FILE: cannot read /does/not/exist; name a file that exists and that this user may read"])
        let lines = try reader(file: "A=1\nsk_live_secret\n").faultLines
        #expect(lines.count == 1 && lines[0].contains("line 2") && !lines[0].contains("sk_live"))
    }
}

@Suite struct SettingsFaultTests {
    @Test func `all faults are reported together, a line each, naming the setting and the mend`() throws {
        var settings = try reader(
            ["--worker-concurrency", "many", "--databse-url", "x", "stray"],
            ["API_LISTEN": "8080", "PUBLIC_BASE_URL": "http//x", "GRACE": "soon", "LOG_LEVEL": "loud", "DEV": "maybe"])
        _ = settings.int("WORKER_CONCURRENCY", default: 16, in: 1...1000, meaning: "jobs in flight")
        _ = settings.listenAddress("API_LISTEN", default: ListenAddress(port: 8080), meaning: "where to listen")
        _ = settings.url("PUBLIC_BASE_URL", default: "http://127.0.0.1:8080", meaning: "how browsers reach it")
        _ = settings.duration(
            "GRACE", default: .seconds(25), in: .seconds(1)...(.seconds(60)), meaning: "longest drain")
        _ = settings.choice("LOG_LEVEL", default: LogFormat.json, meaning: "level")
        _ = settings.bool("DEV", default: false, meaning: "development")
        _ = settings.secret("MASTER_KEYS", form: "id:base64(32 bytes)", meaning: "master keys")
        _ = settings.string("DATABASE_URL", default: "sqlite:x", meaning: "where the data lives")
        settings.fault("STRIPE_API_BASE", "cannot be reached; check it")
        #expect(
            settings.faultLines == [
                "WORKER_CONCURRENCY: \"many\" is not a whole number from 1 to 1000; set it to one, or leave it out for 16",
                "API_LISTEN: \"8080\" is not HOST:PORT; set it to something like 127.0.0.1:8080",
                "PUBLIC_BASE_URL: not a URL of the form https://… or http://…; set it to one",
                "GRACE: \"soon\" is not seconds from 1 to 60; set it to such a number, or leave it out for 25",
                "LOG_LEVEL: \"loud\" is not one of json, text; set it to one of them",
                "DEV: \"maybe\" is neither true nor false; set it to one of them",
                "MASTER_KEYS: not set; set it to id:base64(32 bytes)",
                "STRIPE_API_BASE: cannot be reached; check it",
                "--databse-url: no such flag; did you mean --database-url?",
                "arguments: 1 that belong to no flag; write --flag value, --help lists them",
            ])
        #expect(settings.faultLines.allSatisfy { !$0.contains("\n") })
    }

    @Test func `faults end a program with code 64, help with 0`() {
        #expect(SettingsError.faults(["A: b; c"]).exitCode == 64)
        #expect(SettingsError.help("text").exitCode == 0)
    }

    @Test(arguments: [
        (["--name"], "NAME: --name has no value; set it to TEXT"),
        (["--name", "a", "--name", "b"], "--name: given more than once; give it once"),
        (["-x"], "arguments: 1 that belong to no flag; write --flag value, --help lists them"),
        (["--zzzzzzzzz"], "--zzzzzzzzz: no such flag; --help lists them all"),
    ])
    func `a malformed command line is a fault`(flags: [String], line: String) throws {
        var settings = try reader(flags)
        _ = settings.optionalString("NAME", meaning: "name")
        #expect(settings.faultLines == [line])
    }

    @Test func `a flag of another program's setting is passed over`() throws {
        var settings = try reader([
            "--worker-concurrency", "4", "--name", "a", "--smtp-url=smtp://mail", "--allow-private-destinations",
        ])
        #expect(settings.optionalString("NAME", meaning: "name") == "a")
        #expect(settings.faultLines == [])
        #expect(settings.summary.map(\.name) == ["NAME"])
    }

    @Test func `a misspelt flag of another program's setting is a fault`() throws {
        #expect(
            try reader(["--worker-concurency", "4"]).faultLines
                == ["--worker-concurency: no such flag; did you mean --worker-concurrency?"])
        #expect(
            try reader(["--smtp-url", "a", "--smtp-url", "b"]).faultLines
                == ["--smtp-url: given more than once; give it once"])
    }

    @Test func `every setting in docs/settings.md is known to every program`() throws {
        let page = try String(
            contentsOf: URL(filePath: #filePath).appending(path: "../../../docs/settings.md").standardized,
            encoding: .utf8)
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }
        let names = rows.flatMap { $0.split(separator: "|")[0].matches(of: /`([A-Z_]+)`/).map { String($0.1) } }
        #expect(names.count > 15)
        for name in names { #expect(try reader([CommandFlags.name(of: name), "x"]).faultLines == []) }
    }

    @Test func `a fault in a secret or in a URL does not repeat it`() throws {
        var settings = try reader([], ["KEYS": "k1:AAEC", "SMTP_URL": "smtq://user:hunter2@mail"])
        _ = settings.value(
            "KEYS", form: "id:base64(32 bytes)", meaning: "", isSecret: true, show: { _ in "" },
            parse: { try KeyRing(parsing: $0) })
        _ = settings.optionalURL("SMTP_URL", schemes: ["smtp", "smtps"], meaning: "")
        let lines = settings.faultLines
        #expect(lines.count == 2)
        #expect(lines.first?.hasPrefix("KEYS: key \"k1\" has 3 bytes instead of 32; ") == true)
        #expect(!lines.joined().contains("AAEC") && !lines.joined().contains("hunter2"))
    }
}

@Suite struct SettingsValueTests {
    @Test(arguments: [("1", 1000), ("0.25", 250), ("25", 25_000), (".5", 500)])
    func `durations are seconds with decimals`(text: String, milliseconds: Int) throws {
        var settings = try reader([], ["GRACE": text])
        let range: ClosedRange<Duration> = .zero ... .seconds(60)
        let grace = settings.duration("GRACE", default: .seconds(7), in: range, meaning: "")
        #expect(grace == .milliseconds(milliseconds))
        #expect(settings.faultLines == [])
    }

    @Test(arguments: ["", "-1", "61", "1e3", "NaN", "inf", "0x10", "1s", "99999999999999999999", "1.2.3"])
    func `what is no duration within the range is refused`(text: String) throws {
        var settings = try reader(["--grace=\(text)"])
        let range: ClosedRange<Duration> = .zero ... .seconds(60)
        #expect(settings.duration("GRACE", default: .seconds(7), in: range, meaning: "") == .seconds(7))
        #expect(settings.faultLines.isEmpty == text.isEmpty)
    }

    @Test func `a schedule is a list of seconds`() throws {
        var settings = try reader([], ["SCHEDULE": "5, 300,0.5", "BAD": "5,,6"])
        #expect(
            settings.optionalDurations("SCHEDULE", meaning: "") == [.seconds(5), .seconds(300), .milliseconds(500)])
        #expect(settings.optionalDurations("NONE", meaning: "") == nil)
        #expect(settings.faultLines == [])
        _ = settings.optionalDurations("BAD", meaning: "")
        #expect(settings.faultLines.count == 1)
    }

    @Test(arguments: [
        (["--dev"], true), (["--dev", "false"], false), (["--dev=true"], true), (["--dev", "ON"], true), ([], false),
        (["--dev", "--name", "x"], true),
    ])
    func `a boolean flag needs no value`(flags: [String], expected: Bool) throws {
        var settings = try reader(flags)
        #expect(settings.bool("DEV", default: false, meaning: "") == expected)
        _ = settings.optionalString("NAME", meaning: "")
        #expect(settings.faultLines == [])
    }

    @Test(arguments: [
        ("127.0.0.1:8080", "127.0.0.1", 8080), ("localhost:0", "localhost", 0), ("[::1]:65535", "::1", 65535),
        ("0.0.0.0:80", "0.0.0.0", 80),
    ])
    func `an address to listen on reads and prints alike`(text: String, host: String, port: Int) throws {
        let address = try #require(ListenAddress(text))
        #expect(address == ListenAddress(host: host, port: port))
        #expect("\(address)" == text)
    }

    @Test(arguments: [
        "", ":80", "8080", "host", "host:", "host:x", "host:65536", "host:-1", "::1:80", "a b:80", "http://x:80",
    ])
    func `what is no address to listen on is refused`(text: String) {
        #expect(ListenAddress(text) == nil)
    }

    @Test func `a URL loses its final slash`() throws {
        var settings = try reader([], ["A": "https://shop.example/", "B": "HTTPS://shop.example/x"])
        #expect(settings.url("A", default: "", meaning: "") == "https://shop.example")
        #expect(settings.url("B", default: "", meaning: "") == "HTTPS://shop.example/x")
    }
}

@Suite struct SettingsSummaryTests {
    @Test func `the summary shows every setting with secrets masked`() throws {
        var settings = try reader(
            ["--master-keys", "k1:c2VjcmV0"], ["DATABASE_URL": "postgres://app:hunter2@db/shop?sslkey=abc"])
        _ = settings.url("DATABASE_URL", default: "", schemes: ["postgres"], meaning: "")
        _ = settings.secret("MASTER_KEYS", meaning: "")
        _ = settings.int("WORKER_CONCURRENCY", default: 16, in: 1...99, meaning: "")
        _ = settings.optionalString("UNSET", meaning: "")
        let summary = settings.summary.map { "\($0.name)=\($0.value)" }
        #expect(
            summary == [
                "DATABASE_URL=postgres://app:<secret>@db/shop?sslkey=<secret>", "MASTER_KEYS=<secret>",
                "WORKER_CONCURRENCY=16",
            ])
    }

    @Test(arguments: ["--help", "-h"])
    func `help lists every setting with its default and meaning, faults or not`(flag: String) throws {
        var settings = try reader([flag, "--nonsense"])
        _ = settings.int("WORKER_CONCURRENCY", default: 16, in: 1...99, meaning: "jobs in flight in one worker")
        _ = settings.secret("MASTER_KEYS", form: "id:base64(32 bytes)", meaning: "keys that encrypt secrets")
        let error = #expect(throws: SettingsError.self) { try settings.finish() }
        guard case .help(let text) = error else {
            Issue.record("no help text")
            return
        }
        #expect(text.hasPrefix("Usage: shop "))
        #expect(
            text.contains(
                """
                  --worker-concurrency a whole number from 1 to 99
                      jobs in flight in one worker (WORKER_CONCURRENCY; default 16)
                """))
        #expect(text.contains("keys that encrypt secrets (MASTER_KEYS; no default)"))
        #expect(text.contains("--env-file PATH"))
    }

    @Test(arguments: [
        ("postgres://app:hunter2@db:5432/shop", "postgres://app:<secret>@db:5432/shop"),
        ("postgres://app@db/shop", "postgres://app@db/shop"),
        (
            "postgres:///shop?host=/run&user=app&password=hunter2",
            "postgres:///shop?host=/run&user=app&password=<secret>"
        ),
        ("smtp://user:a/b?c@d@mail:25", "smtp://user:<secret>@mail:25"),
        ("https://api.example/x?token=abc&y=1", "https://api.example/x?token=<secret>&y=1"),
        ("sqlite:data/checkout.db", "sqlite:data/checkout.db"), ("https://api.stripe.com", "https://api.stripe.com"),
        ("https://shop.example:8443/a:b@c", "https://shop.example:<secret>@c"), ("", ""),
    ])
    func `passwords in URLs are masked`(url: String, shown: String) {
        #expect(maskedURL(url) == shown)
    }
}
