import Commerce
import HTTPTypes
import Hummingbird
import Logging
import Messaging
import NIOCore
import Security
import ServiceRuntime
import StripeModels

/// `POST /webhooks/stripe/{webhook_endpoint_id}`: verifies the raw bytes, stores them with their job, answers 200.
///
/// In this order: the endpoint, the body's size, the MAC over the bytes as received, their age, and only then a look
/// into them. 200 means that the event is committed and synced.
struct WebhookRoute: Sendable {
    /// Stores an event for each tenant that it is for, or for none of them; `EventInbox.record`.
    typealias Record = @Sendable ([ReceivedEvent]) async throws -> [RecordOutcome]
    /// The tenants of a platform's connected account; `TenantStore.connected`.
    typealias Connected = @Sendable (_ platform: String, _ account: String, _ livemode: Bool) async throws -> [Tenant]

    static let bodyLimit = 1 << 20
    /// A body that takes longer to arrive is given up: whoever drips one holds its memory and a connection.
    static let arrivalLimit: Duration = .seconds(30)

    let endpoints: WebhookEndpointCache
    let record: Record
    let connected: Connected
    let metrics: RouterMetrics
    let refusals: RefusalLog
    /// Seconds since 1970.
    let now: @Sendable () -> Int64
    let instant: @Sendable () -> ContinuousClock.Instant

    func add(to router: Router<AppRequestContext>) {
        router.post("/webhooks/stripe/{webhook_endpoint_id}") { try await handle($0, $1) }
    }

    private func handle(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        var endpoint: SigningEndpoint?
        do {
            let known = try await self.endpoint(named: context)
            endpoint = known
            let events = try await verifiedEvents(in: request, for: known, context)
            let outcomes = try await record(events)
            for (event, outcome) in zip(events, outcomes) { metrics.count(outcome, tenant: event.tenant) }
            return outcomes.allSatisfy { $0 == .duplicate } ? Self.duplicate : Self.received
        } catch let refusal as Refusal {
            return try refuse(refusal, nil, endpoint, request, context)
        } catch let error as EventError {
            return try refuse(.malformedEvent, error, endpoint, request, context)
        } catch {
            // Whatever it was, the event is not stored, and Stripe must send it again.
            return try refuse(.notStored, error, endpoint, request, context)
        }
    }

    // MARK: Reading

    private func endpoint(named context: AppRequestContext) async throws -> SigningEndpoint {
        let id = WebhookEndpointID(rawValue: context.parameters.get("webhook_endpoint_id") ?? "")
        // Anyone can make up ids: one that is not of our form costs no question to the database.
        guard id.isWellFormed, let endpoint = try await endpoints.endpoint(id) else { throw Refusal.unknownEndpoint }
        return endpoint
    }

    /// The event for whom it is: one tenant, unless several share a connected account.
    private func verifiedEvents(
        in request: Request, for endpoint: SigningEndpoint, _ context: AppRequestContext
    ) async throws -> [ReceivedEvent] {
        guard let name = Self.signatureHeader, let signature = request.headers[name] else {
            throw Refusal.missingSignature
        }
        let body = try await body(of: request, context)
        try await verify(body, signature, for: endpoint)
        let envelope = try EventEnvelope.read(body, metadataKey: Order.stripeMetadataKey)
        return try await owners(of: envelope, at: endpoint).map { owner in
            ReceivedEvent(
                envelope, of: envelope.account, body: body, signature: signature, from: endpoint.id.rawValue, for: owner
            )
        }
    }

    /// A platform's endpoint receives the events of all its connected accounts. One of an account that is nobody's is kept
    /// with the endpoint's own tenant.
    private func owners(of envelope: EventEnvelope, at endpoint: SigningEndpoint) async throws -> [EventOwner] {
        if let platform = endpoint.platformAccount, let account = envelope.account,
            // A live Connect endpoint is sent test events as well: they are no test tenant's, who has an endpoint too.
            envelope.livemode == endpoint.livemode
        {
            let tenants = try await connected(platform, account, endpoint.livemode)
            if !tenants.isEmpty { return tenants.map(EventOwner.init) }
        }
        return [EventOwner(scope: endpoint.scope, account: endpoint.account)]
    }

    /// The body's bytes, copied once: they are stored as they were received.
    private func body(of request: Request, _ context: AppRequestContext) async throws -> [UInt8] {
        let announced = request.headers[.contentLength].flatMap { Int($0) } ?? 0
        let deadline = instant() + Self.arrivalLimit
        var body: [UInt8] = []
        do {
            guard announced <= Self.bodyLimit else { throw Refusal.tooLarge }
            // Not more than an event usually needs: a sender may announce much and send nothing.
            body.reserveCapacity(min(announced, 16_384))
            for try await chunk in request.body {
                guard body.count + chunk.readableBytes <= Self.bodyLimit else { throw Refusal.tooLarge }
                guard instant() < deadline else { throw Refusal.brokenBody }
                body.append(contentsOf: chunk.readableBytesView)
            }
            return body
        } catch let error as CancellationError {
            throw error
        } catch {
            // The rest is still on its way: this connection is of no use for another request.
            context.responseHeaders.set(.connection, "close")
            throw (error as? Refusal) ?? .brokenBody
        }
    }

    private func verify(_ body: [UInt8], _ signature: String, for endpoint: SigningEndpoint) async throws {
        do {
            try verify(body, signature, by: endpoint)
        } catch WebhookSignatureError.noMatch {
            // The secret may have been added since the endpoint was looked up.
            guard let fresh = try await endpoints.refreshed(endpoint.id), fresh.secrets != endpoint.secrets else {
                throw Refusal.badSignature
            }
            do {
                try verify(body, signature, by: fresh)
            } catch {
                throw Refusal(error)
            }
        } catch {
            throw Refusal(error)
        }
    }

    private func verify(
        _ body: [UInt8], _ signature: String, by endpoint: SigningEndpoint
    ) throws(WebhookSignatureError) {
        try WebhookSignature.verify(
            body: body, header: signature, secrets: endpoint.secrets.map(\.exposed), now: now())
    }

    // MARK: Answering

    /// Answers without throwing: the shared error handling would log every one of a flood.
    private func refuse(
        _ refusal: Refusal, _ cause: (any Error)?, _ endpoint: SigningEndpoint?, _ request: Request,
        _ context: AppRequestContext
    ) throws -> Response {
        metrics.count(refusal, tenant: endpoint?.tenant)
        refusals.note(refusal, cause, endpoint, context.logger)
        return try refusal.answer.response(from: request, context: context)
    }

    private static let signatureHeader = HTTPField.Name("Stripe-Signature")
    private static let received = answer(#"{"received":true}"#)
    private static let duplicate = answer(#"{"received":true,"duplicate":true}"#)

    private static func answer(_ json: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: json)))
    }
}
