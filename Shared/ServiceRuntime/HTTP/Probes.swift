import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// `/healthz`, `/readyz` and `/metrics`: what a cluster asks every service.
enum Probes {
    static let paths: Set<String> = ["/healthz", "/readyz", "/metrics"]

    static func add(to router: Router<AppRequestContext>, _ readiness: Readiness, _ registry: PrometheusRegistry) {
        // Says only that the process lives: a database that is down is no reason to restart it.
        router.get("/healthz") { _, _ in
            json(.ok) { $0.member("status", "ok") }
        }
        router.get("/readyz") { _, context in
            let (isReady, checks) = await readiness.report()
            note(readiness.news(in: checks), context.logger)
            if isReady { return json(.ok) { $0.member("status", "ok") } }
            return json(.serviceUnavailable) { body in
                body.member("status", "unavailable")
                body.key("checks")
                body.object { for (name, finding) in checks { $0.member(name, told(finding)) } }
            }
        }
        router.get("/metrics") { _, _ in
            Response(
                status: .ok, headers: [.contentType: PrometheusText.contentType],
                body: ResponseBody(byteBuffer: ByteBuffer(string: await registry.render())))
        }
    }

    /// Anyone may ask, and a finding may name hosts and users: it goes to the log.
    private static func told(_ finding: String) -> String {
        [Readiness.ok, Readiness.shuttingDown].contains(finding) ? finding : "unavailable"
    }

    private static func note(_ faults: [String: String]?, _ logger: Logger) {
        guard let faults else { return }
        if faults.isEmpty { return logger.info("Ready again") }
        let metadata = faults.map { ("check.\($0)", Logger.MetadataValue.string($1)) }
        logger.warning("Not ready", metadata: Dictionary(metadata) { $1 })
    }

    private static func json(_ status: HTTPResponse.Status, _ members: (inout JSONText) -> Void) -> Response {
        var json = JSONText()
        json.object(members)
        return Response(
            status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: json.bytes)))
    }
}
