import ArgumentParser
import Commerce
import Database
import StripeModels

struct CatalogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "catalog", abstract: "What a tenant sells, at prices that only its server sets.",
        subcommands: [CatalogAddCommand.self, CatalogListCommand.self, CatalogRemoveCommand.self])
}

struct CatalogAddCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add an item, or change the one with this sku.")

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("The tenant's id.", valueName: "ten_…")) var tenant: String
    @Option(help: "Its name within the catalog: letters, digits, '.', '_', '-'.") var sku: String
    @Option(help: "What buyers see.") var name: String

    @Option(
        name: [.long, .customLong("amount")],
        help: ArgumentHelp("Its price in minor units: 1250 is 12.50 EUR, and 1250 JPY.", valueName: "n"))
    var unitAmount: Int64

    @Option(help: "Three letters: eur.") var currency: String
    @Option(help: "A sentence or two.") var description: String?
    @Option(help: ArgumentHelp("The address of a picture.", valueName: "url")) var image: String?

    func run(in session: Session) async throws {
        let new = try NewCatalogItem(
            sku: sku, name: name, description: description, unitAmount: unitAmount, currency: currency, image: image)
        let scope = try await session.tenant(tenant).scope
        let item = try await session.database.write { try CatalogStore.upsert(new, for: scope, in: $0) }
        try session.output.print(
            .resource(CatalogItemJSON(item)), "\(item.sku): \(item.name), \(item.currency.format(item.unitAmount)).")
    }
}

struct CatalogListCommand: OperatorCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "A tenant's items, by sku.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var range: ListOptions
    @Argument(help: ArgumentHelp("The tenant's id.", valueName: "ten_…")) var tenant: String

    func run(in session: Session) async throws {
        let scope = try await session.tenant(tenant).scope
        let wanted = try range.page
        let page = try await session.database.read { try CatalogStore.list(wanted, for: scope, in: $0) }
        try session.output.print(
            .page(page.data.map { .resource(CatalogItemJSON($0)) }, hasMore: page.hasMore), table(page))
    }

    private func table(_ page: Page<CatalogItem>) -> String {
        var table = Table([("SKU", .left), ("NAME", .left), ("PRICE", .right), ("DESCRIPTION", .left)])
        for item in page.data {
            table.add(item.sku, item.name, item.currency.format(item.unitAmount), item.description ?? "")
        }
        return table.text(empty: "The catalog is empty: add to it with 'checkoutctl catalog add'.", page.hasMore)
    }
}

struct CatalogRemoveCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Take an item out of the catalog; orders keep what was bought.")

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("The tenant's id.", valueName: "ten_…")) var tenant: String
    @Argument(help: "The item's sku.") var sku: String

    func run(in session: Session) async throws {
        let scope = try await session.tenant(tenant).scope
        let sku = sku
        let removed = try await session.database.write { try CatalogStore.delete(sku, for: scope, in: $0) }
        guard removed else {
            throw CommandFailure.failed("No such catalog item: '\(sku)'. 'checkoutctl catalog list' shows them all.")
        }
        try session.output.print(
            ["id": .text(sku), "object": "catalog_item", "deleted": true], "\(sku) is removed.")
    }
}
