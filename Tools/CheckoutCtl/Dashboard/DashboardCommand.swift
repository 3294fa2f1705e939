import ArgumentParser
import Commerce
import Messaging
import StripeClient
import TenantStripe

struct DashboardCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "dashboard", abstract: "How a tenant's business stands, or that of all: money, orders, queue.",
        discussion: """
            Balances are those of the Stripe account, one line a currency. What is counted stops at a limit, shown by a \
            '+'. With --watch the figures are drawn anew every 2 seconds until Ctrl-C.
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("The tenant's id; all without.", valueName: "ten_…")) var tenant: String?
    @Flag(help: "Draw it anew every 2 seconds until Ctrl-C.") var watch = false

    func validate() throws {
        if watch, common.json { throw ValidationError("Give --watch or --json, not both.") }
    }

    func run(in session: Session) async throws {
        if watch, !Screen.isTerminal {
            throw CommandFailure.usage("--watch: standard output is no terminal; leave --watch out.")
        }
        let store = TenantStore(database: session.database, keys: try session.keys)
        var named: TenantID?
        if let tenant { named = try await session.tenant(tenant).id }
        // What is there is shown soon, and Stripe asked again at the next look.
        try await session.withStripe(retries: 0) { stripe in
            let reader = DashboardReader(database: session.database, tenants: store, stripe: stripe)
            guard watch else {
                let dashboards = try await reader.dashboards(named)
                return try session.output.print(json(dashboards), Self.text(dashboards))
            }
            try await Screen.watch(every: .seconds(2)) { [named] in
                do {
                    return Self.text(try await reader.dashboards(named))
                } catch  where !Task.isCancelled {
                    return TerminalText.safe(CommandFailure(error).message) + "\n\nTrying again."
                }
            }
        }
    }

    /// One tenant's, as `GET /v1/dashboard` answers it, or the list of all.
    private func json(_ dashboards: [Dashboard]) -> JSON {
        let all = dashboards.map { JSON.resource(DashboardJSON($0)) }
        return tenant == nil ? .page(all, hasMore: false) : all.first ?? .null
    }

    private static func text(_ dashboards: [Dashboard]) -> String {
        dashboards.isEmpty
            ? "There are no tenants: make one with 'checkoutctl tenant create'."
            : dashboards.map(\.text).joined(separator: "\n\n")
    }
}
