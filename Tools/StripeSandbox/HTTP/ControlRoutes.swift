import HTTPTypes
import Hummingbird
import NIOCore

/// What tests and the control page call: the state, the faults, the webhooks that were sent.
struct ControlRoutes: Sendable {
    let store: StateStore
    let faults: FaultBook
    let keys: KeyBook
    let requests: RequestLog
    let deliveries: DeliveryLog

    func add(to router: Router<SandboxContext>) {
        router.get("/_sandbox/state.json") { _, _ in Self.json(state()) }
        router.get("/_sandbox/faults") { _, _ in Self.json(Self.list(faults.list())) }
        router.post("/_sandbox/faults") { request, _ in try await set(request) }
        router.delete("/_sandbox/faults") { _, _ in
            faults.removeAll()
            return Self.json(Self.list([]))
        }
        router.delete("/_sandbox/faults/:id") { _, context in
            let id = try context.parameters.require("id")
            return faults.remove(id)
                ? Self.json(["id": .string(id), "deleted": true]) : Self.refusal("There is no fault \(id).", .notFound)
        }
        router.get("/_sandbox/keys") { _, _ in Self.json(Self.list(keys.list())) }
        router.post("/_sandbox/keys") { request, _ in
            try await read(request) { (json) throws(FaultParser.Refused) in
                let (key, rule) = try KeyBook.parse(json)
                keys.set(rule, for: key)
                return keys.list()
            }
        }
        router.delete("/_sandbox/keys") { _, _ in
            keys.removeAll()
            return Self.json(Self.list([]))
        }
        // What would be done by itself within the next minute (or `within` seconds) is done now.
        router.post("/_sandbox/appointments/hurry") { request, _ in
            let seconds = request.uri.queryParameters["within"].flatMap { Int64($0) } ?? 60
            try await inEveryBook { $0.hurryAppointments(within: seconds) }
            return Self.json(Self.list([]))
        }
        router.get("/_sandbox/webhooks") { request, _ in
            let wanted = request.uri.queryParameters
            let filters = ["event", "type", "account", "endpoint", "state"].compactMap { name in
                wanted[name[...]].map { (name, JSON.string(String($0))) }
            }
            return Self.json(Self.list(deliveries.latest { entry in filters.allSatisfy { entry[$0.0] == $0.1 } }))
        }
        // All that waits is due now: a test need not sit out the gaps.
        router.post("/_sandbox/webhooks/hurry") { _, _ in
            try await inEveryBook { $0.hurryDeliveries() }
            return Self.json(Self.list(store.look { $0.waitingDeliveries() }))
        }
        router.post("/_sandbox/events/:id/resend") { _, context in
            try await resend(try context.parameters.require("id"))
        }
    }

    private func inEveryBook(_ body: @escaping @Sendable (Transaction) -> Void) async throws {
        for scope in store.look({ Array($0.books.keys) }) {
            try await store.transaction(in: scope) { (transaction) throws(StripeFailure) in body(transaction) }
        }
    }

    /// Sends an event again to whoever asked for its type.
    private func resend(_ id: String) async throws -> Response {
        guard let scope = store.look({ world in world.books.keys.first { world.record(id, in: $0)?.kind == .event } })
        else { return Self.refusal("There is no event \(id).", .notFound) }
        let event = try await store.transaction(in: scope) { (transaction) throws(StripeFailure) in
            transaction.resend(id)
        }
        return Self.json(event ?? nil)
    }

    private func set(_ request: Request) async throws -> Response {
        try await read(request) { (json) throws(FaultParser.Refused) in
            for fault in try FaultParser.parse(json) {
                switch fault {
                case .call(let fault): faults.add(fault)
                case .webhook(let fault): faults.add(fault)
                }
            }
            return faults.list()
        }
    }

    /// Does what was posted as JSON, and answers the list of what is then set.
    private func read(
        _ request: Request, _ use: (JSON) throws(FaultParser.Refused) -> [JSON]
    ) async throws -> Response {
        // A page of another site could post a form here, but no JSON without asking first.
        guard request.headers[.contentType]?.lowercased().hasPrefix("application/json") ?? false else {
            return Self.refusal("Send this as application/json.", .unsupportedMediaType)
        }
        let body = try await request.body.collect(upTo: 64 * 1024)
        do {
            return Self.json(Self.list(try use(JSON(reading: String(buffer: body)))))
        } catch let error as FaultParser.Refused {
            return Self.refusal(error.description, .badRequest)
        } catch let error as JSONSyntaxError {
            return Self.refusal(error.description, .badRequest)
        }
    }

    private func state() -> JSON {
        let waiting = store.look { $0.waitingDeliveries() }
        let over = deliveries.latest(100) { $0["state"] != "pending" }
        var state = store.look { $0.summary() }
        state["deliveries"] = .array(waiting + over)
        state["faults"] = .array(faults.list())
        state["keys"] = .array(keys.list())
        state["requests"] = .array(requests.latest(50))
        return state
    }

    private static func list(_ data: [JSON]) -> JSON {
        ["object": "list", "data": .array(data), "has_more": false]
    }

    static func json(_ body: JSON, _ status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: body.pretty + "\n")))
    }

    static func refusal(_ message: String, _ status: HTTPResponse.Status) -> Response {
        json(["error": ["type": "invalid_request_error", "message": .string(message)]], status)
    }
}
