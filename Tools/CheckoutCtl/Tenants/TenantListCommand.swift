import ArgumentParser
import Commerce
import Messaging

struct TenantListCommand: OperatorCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "All tenants, the newest first.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var range: ListOptions

    func run(in session: Session) async throws {
        let keys = try session.keys
        let page = try await TenantStore(database: session.database, keys: keys).list(range.page)
        var views: [TenantView] = []
        for tenant in page.data { views.append(try await session.view(of: tenant)) }
        try session.output.print(.page(views.map(\.json), hasMore: page.hasMore), table(page))
    }

    private func table(_ page: Page<Tenant>) -> String {
        var table = Table("TENANT", "NAME", "MODE", "STRIPE KEY", "FULFILLMENT", "CREATED")
        for tenant in page.data {
            table.add(
                tenant.id.rawValue, tenant.name, tenant.mode, "…\(tenant.stripeKeyEnding)",
                tenant.fulfillmentURL ?? "-", Moment.text(tenant.createdAt) ?? "")
        }
        return table.text(empty: "There are no tenants: make one with 'checkoutctl tenant create'.", page.hasMore)
    }
}

struct TenantShowCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "A tenant with its webhook endpoint.")

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("Its id.", valueName: "ten_…")) var tenant: String

    func run(in session: Session) async throws {
        let view = try await session.view(of: try await session.tenant(tenant))
        try session.output.print(view.json, view.text)
    }
}
