import Logging
import Mail
import Security
import ServiceRuntime

/// Every setting of every program, as they would read it here.
struct SettingsCheck {
    let settings: Settings
    let publicBaseURL: String
    private(set) var findings: [Finding]

    init(_ options: SettingsOptions, environment: [String: String]) {
        var reader = options.reader(environment: environment)
        settings = Settings(reading: &reader)
        publicBaseURL = reader.url(
            "PUBLIC_BASE_URL", default: "http://127.0.0.1:8080", meaning: "how browsers reach the API")
        let listens = Self.readListens(&reader)
        Self.readRest(&reader)
        findings = Self.findings(reader, hasKeys: settings.keys != nil)
        findings += Self.clashes(listens)
    }

    private static func readListens(_ reader: inout SettingsReader) -> [(name: String, address: ListenAddress)] {
        [("CHECKOUT_API_LISTEN", 8080), ("WEBHOOK_ROUTER_LISTEN", 8081), ("FULFILLMENT_WORKER_LISTEN", 8082)].map {
            ($0.0, reader.listenAddress($0.0, default: ListenAddress(port: $0.1), meaning: "where to listen"))
        }
    }

    private static func readRest(_ reader: inout SettingsReader) {
        _ = reader.int("DATABASE_READERS", default: 4, in: 1...64, meaning: "SQLite: threads that read at once")
        _ = reader.int("DATABASE_CONNECTIONS", default: 8, in: 1...500, meaning: "PostgreSQL: connections of a process")
        _ = reader.int("WORKER_CONCURRENCY", default: 16, in: 1...1000, meaning: "jobs in flight in one worker")
        _ = reader.duration(
            "WORKER_LEASE_SECONDS", default: .seconds(30), in: .seconds(2)...(.seconds(3600)),
            meaning: "how long a job stays with a worker that died")
        _ = reader.optionalDurations("DELIVERY_RETRY_SCHEDULE", meaning: "gaps between tries of a delivery")
        _ = reader.duration(
            "SHUTDOWN_GRACE_SECONDS", default: .seconds(25), in: .seconds(1)...(.seconds(3600)),
            meaning: "longest drain after SIGTERM")
        _ = reader.duration(
            "RECONCILE_INTERVAL_SECONDS", default: .seconds(900), in: .seconds(1)...(.seconds(86_400)),
            meaning: "how often each tenant's events at Stripe are searched for missed ones")
        _ = reader.int("EVENT_RETENTION_DAYS", default: 30, in: 4...3650, meaning: "days that settled events are kept")
        readEmail(&reader)
        _ = reader.choice("LOG_LEVEL", default: Logger.Level.info, meaning: "least level that is logged")
        _ = reader.choice("LOG_FORMAT", default: LogFormat.json, meaning: "json or text")
    }

    private static func readEmail(_ reader: inout SettingsReader) {
        _ = reader.value(
            "SMTP_URL", form: "smtp://USER:PASSWORD@HOST:PORT or smtps://…", meaning: "where email is handed in",
            isSecret: true, show: { (server: SMTPServer) in server.masked }, parse: { try SMTPServer(parsing: $0) })
        _ = reader.value(
            "EMAIL_FROM", form: "NAME@DOMAIN", meaning: "who email is from", preset: EmailAddress.noReply.text,
            show: { (address: EmailAddress) in address.text },
            parse: { text in
                do {
                    return try EmailAddress(text)
                } catch {
                    throw SettingFault("\"\(text)\" is no address; set it to one, such as no-reply@example.com")
                }
            })
        _ = reader.duration(
            "SMTP_TIMEOUT_SECONDS", default: .seconds(60), in: .seconds(1)...(.seconds(600)),
            meaning: "how long one email may take")
    }

    private static func findings(_ reader: SettingsReader, hasKeys: Bool) -> [Finding] {
        var faults: [Finding] = []
        do throws(SettingsError) {
            try reader.finish()
        } catch {
            if case .faults(let lines) = error { faults = lines.map(fault) }
        }
        let faulty = Set(faults.map(\.check))
        if !hasKeys, !faulty.contains("CHECKOUT_MASTER_KEYS") {
            faults.append(
                .wrong(
                    "CHECKOUT_MASTER_KEYS", "not set",
                    mend: "set it to id:base64(32 bytes); a new one: echo \"k1:$(openssl rand -base64 32)\""))
        }
        let fine = reader.summary.filter { !faulty.contains($0.name) }.map { Finding.ok($0.name, $0.value) }
        return fine + faults
    }

    /// `NAME: what is wrong; the mend`.
    static func fault(_ line: String) -> Finding {
        let name = String(line.prefix { $0 != ":" })
        let rest = line.dropFirst(name.count + 1).drop { $0 == " " }
        let problem = rest.prefix { $0 != ";" }
        let mend = rest.dropFirst(problem.count).drop { $0 == ";" || $0 == " " }
        return .wrong(name, String(problem), mend: mend.isEmpty ? "set it right" : String(mend))
    }

    private static func clashes(_ listens: [(name: String, address: ListenAddress)]) -> [Finding] {
        listens.indices.flatMap { first in
            listens[(first + 1)...].filter { $0.address == listens[first].address && $0.address.port != 0 }.map {
                .wrong(
                    $0.name, "is \($0.address), as is \(listens[first].name)",
                    mend: "give each program a port of its own")
            }
        }
    }
}
