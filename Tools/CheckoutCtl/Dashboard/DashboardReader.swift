import Commerce
import Database
import Messaging
import StripeClient
import StripeModels
import TenantStripe

/// A tenant's figures: what our own rows say, and Stripe's balance where Stripe answers.
struct TenantFigures: Sendable {
    let tenant: Tenant
    let local: LocalDashboard
    let balance: Result<Balance, CommandFailure>
}

struct DashboardReader: Sendable {
    let database: Database
    let tenants: TenantStore
    let stripe: StripeClient

    /// Tenants that are read at once.
    private static let width = 8

    /// Of one tenant, or of all, the newest first.
    /// - Throws: what our own database failed with; nothing of Stripe's.
    func views(_ tenant: TenantID?) async throws -> [TenantFiguresView] {
        var chosen: [Tenant] = []
        if let tenant {
            if let found = try await tenants.get(tenant) { chosen = [found] }
        } else {
            chosen = try await tenants.all()
        }
        return try await read(chosen).map { TenantFiguresView($0) }
    }

    private func read(_ chosen: [Tenant]) async throws -> [TenantFigures] {
        try await withThrowingTaskGroup(of: (Int, TenantFigures).self) { group in
            var found: [Int: TenantFigures] = [:]
            for (index, tenant) in chosen.enumerated() {
                if index >= Self.width, let (done, figures) = try await group.next() { found[done] = figures }
                group.addTask { (index, try await figures(of: tenant)) }
            }
            for try await (done, figures) in group { found[done] = figures }
            return chosen.indices.compactMap { found[$0] }
        }
    }

    private func figures(of tenant: Tenant) async throws -> TenantFigures {
        async let balance = balance(of: tenant)
        let local = try await database.read { try LocalDashboard(of: tenant.scope, in: $0) }
        return TenantFigures(tenant: tenant, local: local, balance: await balance)
    }

    private func balance(of tenant: Tenant) async -> Result<Balance, CommandFailure> {
        do {
            return .success(try await stripe.balance(as: try await tenants.credentials(of: tenant.id)))
        } catch {
            return .failure(CommandFailure(error))
        }
    }
}
