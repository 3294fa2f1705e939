import ArgumentParser
import Commerce
import Messaging
import StripeClient
import TenantStripe

struct ReconcileCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile", abstract: "Search Stripe for events that no webhook brought, and have them applied.",
        discussion: """
            Workers do this by themselves on a schedule (RECONCILE_INTERVAL_SECONDS); run it after an outage, to see at \
            once what was missed. What is found is stored with the jobs that apply it, as if it had been received. One \
            runner at a time sweeps a tenant: where a worker is at it, the command says so and goes on.
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("Only these; all without.", valueName: "ten_…")) var tenants: [String] = []

    func run(in session: Session) async throws {
        let store = TenantStore(database: session.database, keys: try session.keys)
        let chosen = try await chosen(store, session)
        let progress = Progress("events")
        defer { progress.end() }
        let results = try await session.withStripe { client in
            let sweep = AccountSweep(
                database: session.database, client: client, tenants: store, logger: session.logger)
            var results: [SweepView] = []
            for tenant in chosen {
                progress.begin("events of \(tenant.id)", total: nil)
                results.append(SweepView(tenant: tenant, end: await Self.end(of: tenant, sweep, progress)))
            }
            return results
        }
        progress.end()
        try session.output.print(SweepView.json(results), SweepView.text(results))
        if results.contains(where: \.isFailure) { throw ExitCode(1) }
    }

    private static func end(of tenant: Tenant, _ sweep: AccountSweep, _ progress: Progress) async -> SweepView.End {
        do {
            let result = try await sweep.run(tenant, patience: 0) { progress.show(done: Int($0.seen)) }
            return result.map { .swept(seen: $0.seen, missed: $0.missed) } ?? .elsewhere
        } catch {
            return .failed(CommandFailure(error).message)
        }
    }

    private func chosen(_ store: TenantStore, _ session: Session) async throws -> [Tenant] {
        guard tenants.isEmpty else {
            var found: [Tenant] = []
            for tenant in tenants { found.append(try await session.tenant(tenant)) }
            return found
        }
        return try await store.all()
    }
}
