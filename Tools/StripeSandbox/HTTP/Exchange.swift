import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

/// One request as it is made sense of, step by step.
struct Exchange: Sendable {
    let requestID = "req_" + Identifier.random(14)
    let method: String
    let path: String
    private let query: String
    let headers: HTTPFields
    private let baseURL: String
    /// What was sent, as a tree of strings.
    private(set) var sent: JSON = [:]
    private(set) var key: APIKey?
    /// The account that the call is about: the key's own, or the one that `Stripe-Account` names.
    private(set) var scope: AccountScope?
    var fault: Fault?

    init(_ request: Request, baseURL: String) {
        method = request.method.rawValue
        path = request.uri.path
        query = request.uri.query ?? ""
        headers = request.headers
        self.baseURL = baseURL
    }

    mutating func readBody(_ request: Request, upTo limit: Int) async throws(StripeFailure) {
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: limit)
        } catch {
            throw StripeFailure(
                status: 413, type: "invalid_request_error", message: "The request is larger than \(limit) bytes.")
        }
        let isJSON = headers[.contentType]?.lowercased().hasPrefix("application/json") ?? false
        guard body.readableBytes == 0 || isJSON == isV2 else {
            throw .invalid(
                isV2
                    ? "Invalid request: this API takes JSON (application/json)."
                    : "Invalid request: this API takes form-encoded parameters (application/x-www-form-urlencoded), not "
                        + "JSON.")
        }
        let text = String(buffer: body)
        guard isV2 else {
            sent = try FormBodyParser.parse([query, text].filter { !$0.isEmpty }.joined(separator: "&"))
            return
        }
        sent = try FormBodyParser.parse(query).merging(try JSON(body: text))
    }

    /// Whether this is the API that speaks JSON.
    private var isV2: Bool { path.hasPrefix("/v2/") }

    mutating func authenticate() throws(StripeFailure) {
        guard let presented = APIKey.presented(in: headers[.authorization]) ?? sent["key"].string else { throw .noKey }
        guard let key = APIKey(presented) else { throw .wrongKey(presented) }
        self.key = key
        var account = headers[.stripeAccount] ?? headers[.stripeContext]
        if key.kind == .publishable { account = account ?? sent["_stripe_account"].string }
        scope = account.map { AccountScope(account: $0, livemode: key.scope.livemode) } ?? key.scope
    }

    var authenticatedScope: AccountScope {
        get throws(StripeFailure) {
            guard let scope else { throw .noKey }
            return scope
        }
    }

    var idempotencyKey: String? {
        guard method == "POST" || (isV2 && method == "DELETE") else { return nil }
        return headers[.idempotencyKey].flatMap { $0.isEmpty ? nil : $0 }
    }

    var idempotency: Idempotency? {
        get throws(StripeFailure) {
            guard let idempotencyKey, let scope else { return nil }
            guard idempotencyKey.count <= 255 else {
                throw .invalid("Invalid Idempotency-Key: it must be at most 255 characters.")
            }
            return Idempotency(key: idempotencyKey, scope: scope, method: method, path: path, sent: sent)
        }
    }

    var cause: Transaction.Cause {
        Transaction.Cause(requestID: requestID, idempotencyKey: idempotencyKey)
    }

    /// The call that this is, its parameters checked.
    func call(_ routes: APIRoutes) throws(StripeFailure) -> (Call, Route) {
        guard let key, let scope, let method = Call.Method(rawValue: method),
            let (route, ids) = routes.find(method, path)
        else { throw .unrecognizedURL(method, path) }
        let version = try APIVersion(headers[.stripeVersion] ?? sent["_stripe_version"].string)
        var schema = route.schema
        if key.kind == .publishable {
            guard let browserSchema = route.browserSchema else { throw .secretKeyRequired }
            schema = browserSchema
        }
        let typed = try ParameterCheck.typed(try version.adapting(sent, of: route), by: schema)
        let call = Call(
            method: method, path: path, ids: ids, parameters: typed, scope: scope, key: key, requestID: requestID,
            idempotencyKey: idempotencyKey, baseURL: baseURL)
        return (call, route)
    }

    func response(_ answer: Answer) -> Response {
        var fields = CrossOrigin.answer
        fields[.contentType] = answer.isRaw ? "text/html" : "application/json"
        fields[.cacheControl] = "no-cache, no-store"
        fields[.requestID] = requestID
        fields[.stripeVersion] = headers[.stripeVersion] ?? APIVersion.current
        if let account = headers[.stripeAccount] { fields[.stripeAccount] = account }
        if let idempotencyKey {
            fields[.idempotencyKey] = idempotencyKey
            fields[.originalRequest] = answer.originalRequest
            if answer.isReplay { fields[.idempotentReplayed] = "true" }
        }
        for (name, value) in answer.headers {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        let text = answer.isRaw ? answer.body.string ?? "" : answer.body.pretty + "\n"
        return Response(
            status: .init(code: answer.status), headers: fields,
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    /// What the control page shows of it.
    func logEntry(_ status: Int?, after duration: Duration, at now: Int64) -> JSON {
        [
            "id": .string(requestID), "method": .string(method), "path": .string(path),
            "status": status.map { JSON($0) } ?? nil, "key": JSON(key?.masked), "account": JSON(scope?.account),
            "livemode": JSON(scope?.livemode), "idempotency_key": JSON(idempotencyKey), "fault": JSON(fault?.id),
            "created": .int(now / 1_000_000),
            "duration_ms": .int(
                duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000),
        ]
    }
}

extension HTTPField.Name {
    // These names are valid, so none of them is nil.
    static let stripeAccount = named("Stripe-Account")
    static let stripeContext = named("Stripe-Context")
    static let stripeVersion = named("Stripe-Version")
    static let idempotencyKey = named("Idempotency-Key")
    fileprivate static let idempotentReplayed = named("Idempotent-Replayed")
    fileprivate static let originalRequest = named("Original-Request")
    fileprivate static let requestID = named("Request-Id")

    private static func named(_ name: String) -> HTTPField.Name { HTTPField.Name(name) ?? .server }
}
