import ArgumentParser
import Commerce
import Messaging
import StripeClient

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
                let views = try await reader.views(named)
                return try session.output.print(json(views), Self.text(views))
            }
            try await Screen.watch(every: .seconds(2)) { [named] in
                do {
                    return Self.text(try await reader.views(named))
                } catch  where !Task.isCancelled {
                    return TerminalText.safe(CommandFailure(error).message) + "\n\nTrying again."
                }
            }
        }
    }

    /// One tenant's figures, or the list of all.
    private func json(_ views: [TenantFiguresView]) -> JSON {
        if tenant != nil, let view = views.first { return view.json }
        return .page(views.map(\.json), hasMore: false)
    }

    private static func text(_ views: [TenantFiguresView]) -> String {
        views.isEmpty
            ? "There are no tenants: make one with 'checkoutctl tenant create'."
            : views.map(\.text).joined(separator: "\n\n")
    }
}
