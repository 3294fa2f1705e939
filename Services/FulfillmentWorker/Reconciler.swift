import Commerce
import Database
import Logging
import Messaging
import ServiceLifecycle
import ServiceRuntime

/// Sees to it that what was missed is found: stores a sweep's job for each tenant once an interval, and a check's job for
/// each order that has waited long enough. One of all workers does each; the jobs are then anybody's.
struct Reconciler: Service {
    let database: Database
    let tenants: TenantStore
    /// Between two sweeps of a tenant.
    let interval: Duration
    /// Between two looks whether something is due.
    var look: Duration = .seconds(10)
    let logger: Logger

    private static let page = 100

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await checkOrders()
                    try await sweepTenants()
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("Reconciliation could not be scheduled", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: min(look, interval) * Double.random(in: 0.8...1.2))
            }
        }
    }

    /// How many events no webhook has brought, read from the database when Prometheus asks.
    func register(in registry: PrometheusRegistry) {
        registry.gauge("missed_webhooks", help: "Events found at Stripe that no webhook brought, ever, by tenant.") {
            try await database.read { try ReconcileStore.states(in: $0) }.map { state in
                GaugeSample(Double(state.missedTotal), labels: [("tenant", state.tenant.rawValue)])
            }
        }
    }

    /// Stores the jobs of the orders that are due.
    func checkOrders() async throws {
        guard let turn = try await Duty("check_orders", every: look * 0.5).take(in: database) else { return }
        var found = Self.page
        while found == Self.page {
            found = try await database.write { connection in
                try turn.keep(in: connection)
                return try StuckOrders.enqueueDue(limit: Self.page, in: connection)
            }
        }
        try await turn.finish(in: database)
    }

    /// Stores a sweep's job for every tenant.
    func sweepTenants() async throws {
        guard let turn = try await Duty("reconcile", every: interval).take(in: database) else { return }
        var last: TenantID?
        repeat {
            let page = try await tenants.list(try PageRequest(limit: Self.page, startingAfter: last?.rawValue))
            let scopes = page.data.map(\.scope)
            try await database.write { connection in
                try turn.keep(in: connection)
                for scope in scopes { _ = try JobQueue.enqueue(try ReconcilePayload.job(for: scope), in: connection) }
            }
            last = page.hasMore ? page.data.last?.id : nil
        } while last != nil
        try await turn.finish(in: database)
    }
}
