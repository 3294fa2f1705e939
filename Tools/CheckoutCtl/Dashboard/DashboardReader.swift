import Commerce
import Database
import Messaging
import StripeClient
import StripeModels
import TenantStripe

/// Reads dashboards: what our own rows say, and what Stripe says where it answers.
struct DashboardReader: Sendable {
    let database: Database
    let tenants: TenantStore
    let stripe: StripeClient

    /// Tenants that are read at once.
    private static let width = 8

    /// Of one tenant, or of all, the newest first.
    /// - Throws: what our own database failed with; nothing of Stripe's.
    func dashboards(_ tenant: TenantID?) async throws -> [Dashboard] {
        var chosen: [Tenant] = []
        if let tenant {
            if let found = try await tenants.get(tenant) { chosen = [found] }
        } else {
            chosen = try await tenants.all()
        }
        return try await read(chosen)
    }

    private func read(_ chosen: [Tenant]) async throws -> [Dashboard] {
        try await withThrowingTaskGroup(of: (Int, Dashboard).self) { group in
            var found: [Int: Dashboard] = [:]
            for (index, tenant) in chosen.enumerated() {
                if index >= Self.width, let (done, figures) = try await group.next() { found[done] = figures }
                group.addTask { (index, try await dashboard(of: tenant)) }
            }
            for try await (done, figures) in group { found[done] = figures }
            return chosen.indices.compactMap { found[$0] }
        }
    }

    private func dashboard(of tenant: Tenant) async throws -> Dashboard {
        async let balance = asked(tenant) { [stripe] in try await stripe.balance(as: $0) }
        async let charges = asked(tenant) { [stripe, database] credentials in
            try await RecentCharge.last(
                Dashboard.charges, of: tenant.scope, at: stripe, as: credentials, in: database)
        }
        let local = try await database.read { try LocalDashboard(of: tenant.scope, in: $0) }
        let (heldBalance, heldCharges) = await (balance, charges)
        return Dashboard(
            tenant: tenant, local: local, balance: try? heldBalance.get(), charges: try? heldCharges.get(),
            missing: [missing("balance", heldBalance), missing("charges", heldCharges)].compactMap(\.self))
    }

    private func asked<Part: Sendable>(
        _ tenant: Tenant, _ body: @Sendable (StripeCredentials) async throws -> Part
    ) async -> Result<Part, CommandFailure> {
        do {
            return .success(try await body(try await tenants.credentials(of: tenant.id)))
        } catch {
            return .failure(CommandFailure(error))
        }
    }

    private func missing<Part>(_ name: String, _ part: Result<Part, CommandFailure>) -> Dashboard.Missing? {
        if case .failure(let failure) = part { .init(part: name, message: failure.message) } else { nil }
    }
}
