import Commerce
import Database
import Logging
import Messaging
import Security

/// Delivers one message to the tenant's storefront: a signed POST of the frozen body, the same `webhook-id` on every
/// try. An order becomes active by a 2xx to its `order.activated`, in the transaction that completes the job.
///
/// A delivery that was acknowledged may be sent again when the worker dies before it stored that; the storefront knows
/// it by its id.
struct DeliverToStorefront: JobHandler {
    let kind = JobKind.deliverToStorefront
    let timeLimit: Duration = .seconds(60)
    let retry: RetryPolicy

    private let tenants: TenantStore
    private let storefront: StorefrontClient

    init(tenants: TenantStore, storefront: StorefrontClient, schedule: [Duration]) {
        self.tenants = tenants
        self.storefront = storefront
        self.retry = .schedule(schedule)
    }

    func run(_ job: ClaimedJob, _ context: JobContext) async throws {
        let delivery = try job.payload(DeliveryPayload.self)
        if let status = try await overtaking(delivery, of: job.tenant, context) {
            try await context.complete()
            WorkerMetrics.count(.superseded, tenant: job.tenant)
            context.logger.info(
                "A message was overtaken by its order and not sent",
                metadata: [
                    "order.id": "\(delivery.order)", "message.type": "\(delivery.type.rawValue)",
                    "order.status": "\(status.rawValue)",
                ])
            return
        }
        guard let tenant = try await tenants.get(job.tenant) else {
            throw JobFailure.bury("Tenant \(job.tenant) does not exist.")
        }
        guard let url = tenant.fulfillmentURL else {
            // The tenant gave up its storefront meanwhile: there is nobody to tell any more.
            return try await acknowledge(delivery, of: tenant, context)
        }
        guard tenant.destinationDisabledAt == nil else {
            throw JobFailure.bury(
                "The storefront answered 410 earlier, so its URL is disabled; set it again, then retry this job.")
        }
        switch try await attempt(delivery, job, tenant, url) {
        case .delivered:
            try await acknowledge(delivery, of: tenant, context)
            WorkerMetrics.count(.delivered, tenant: tenant.id)
        case .retry(let reason, let notBefore):
            WorkerMetrics.count(.failed, tenant: tenant.id)
            throw JobFailure.retry(reason, after: notBefore, destination: .answered)
        case .unreachable(let reason):
            WorkerMetrics.count(.failed, tenant: tenant.id)
            throw JobFailure.retry(reason, destination: .unreachable)
        case .gone:
            WorkerMetrics.count(.gone, tenant: tenant.id)
            try await tenants.disableDestination(of: tenant.id, url: url)
            context.logger.warning("A storefront wants no more deliveries; its URL was disabled")
            throw JobFailure.bury(
                "The storefront answered 410: its URL is disabled until it is set again.", destination: .answered)
        }
    }

    /// Where the order is, if it has left behind what `delivery` says of it. A storefront goes by what it hears last.
    private func overtaking(
        _ delivery: DeliveryPayload, of tenant: TenantID, _ context: JobContext
    ) async throws -> OrderStatus? {
        guard delivery.type.canBeOvertaken else { return nil }
        let scope = TenantScope(tenant: tenant, livemode: delivery.livemode)
        let order = try await context.database.read { try OrderStore.get(delivery.order, for: scope, in: $0) }
        guard let status = order?.status, delivery.type.isOvertaken(by: status) else { return nil }
        return status
    }

    // MARK: The try

    /// Signed with the database's time: a storefront refuses what is some minutes off, as a host's clock may be.
    private func attempt(
        _ delivery: DeliveryPayload, _ job: ClaimedJob, _ tenant: Tenant, _ url: String
    ) async throws -> DeliveryVerdict {
        let body = Array(delivery.body.utf8)
        let signer = try StandardWebhook(secret: try await tenants.fulfillmentSecret(of: tenant.id))
        let signature = signer.headers(id: delivery.message.rawValue, timestamp: job.now / 1_000_000, body: body)
        do {
            let answer = try await storefront.post(body, headers: Self.headers + signature, to: url)
            return DeliveryVerdict(answer, now: job.now / 1_000_000)
        } catch .refusedURL(let reason) {
            // A better one may be set before the schedule ends.
            WorkerMetrics.count(.refused, tenant: tenant.id)
            throw JobFailure.retry("The fulfillment URL is refused: \(reason)")
        } catch .noAnswer(let reason) {
            return .unreachable(reason: reason)
        }
    }

    private static let headers = [
        (name: "content-type", value: "application/json"), (name: "user-agent", value: "checkout-fulfillment/1"),
    ]

    // MARK: The end

    private func acknowledge(_ delivery: DeliveryPayload, of tenant: Tenant, _ context: JobContext) async throws {
        let kind = kind
        let move = try await context.complete { connection in
            try CircuitBreaker.close(tenant: tenant.id, kind: kind, in: connection)
            return try Fulfillment.acknowledge(delivery, of: tenant.id, in: connection)
        }
        guard let move else { return }
        if let anomaly = move.anomaly, anomaly.isNew {
            context.logger.error(
                "A delivery was acknowledged for an order that cannot be active",
                metadata: ["order.id": "\(move.order.id)", "detail": "\(anomaly.message)"])
        } else if move.moved {
            context.logger.info(
                "Order moved",
                metadata: ["order.id": "\(move.order.id)", "from": "\(move.from)", "to": "\(move.order.status)"])
        }
    }
}
