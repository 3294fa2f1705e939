import ArgumentParser
import Commerce
import Database
import Messaging
import StripeModels

struct OrdersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orders", abstract: "The orders of all tenants.",
        subcommands: [OrdersListCommand.self, OrdersShowCommand.self, OrdersHistoryCommand.self])
}

struct OrdersListCommand: OperatorCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Orders, the newest first.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var range: ListOptions
    @Option(help: ArgumentHelp("Only this tenant's.", valueName: "ten_…")) var tenant: String?
    @Option(help: "Only those in this status: pending, paid, active …") var status: String?
    @Option(help: ArgumentHelp("Only those made at this time or later.", valueName: "time")) var since: String?
    @Option(help: ArgumentHelp("Only those made before this time.", valueName: "time")) var until: String?

    func validate() throws {
        _ = try filter
    }

    private var filter: OrderFilter {
        get throws {
            let created = CreatedRange(gte: try seconds(since, "--since"), lt: try seconds(until, "--until"))
            do {
                return try OrderFilter(status: status, created: created)
            } catch {
                throw ValidationError(error.message)
            }
        }
    }

    private func seconds(_ text: String?, _ name: String) throws -> Int64? {
        guard let text else { return nil }
        guard let time = Moment.microseconds(text) else {
            throw ValidationError("\(name): write it like 2026-11-22 or 2026-11-22T10:00:00Z.")
        }
        return time / 1_000_000
    }

    func run(in session: Session) async throws {
        let filter = try filter
        let wanted = try range.page
        let tenant = if let tenant { try await session.tenant(tenant).id } else { TenantID?.none }
        let page = try await session.database.read {
            try OperatorOrders.list(filter, tenant: tenant, wanted, in: $0)
        }
        try session.output.print(
            .page(page.data.map { .resource(OrderJSON($0)) }, hasMore: page.hasMore), table(page))
    }

    private func table(_ page: Page<Order>) -> String {
        var table = Table([
            ("ORDER", .left), ("STATUS", .left), ("AMOUNT", .right), ("TENANT", .left), ("CREATED", .left),
            ("PAYMENT INTENT", .left),
        ])
        for order in page.data {
            table.add(
                order.id.rawValue, order.status.rawValue, order.currency.format(order.amount),
                order.tenant.rawValue, Moment.text(order.createdAt) ?? "", order.paymentIntent ?? "-")
        }
        return table.text(empty: "There are no such orders.", page.hasMore)
    }
}

struct OrdersShowCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "An order; for people, with its history.")

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("Its id.", valueName: "ord_…")) var order: String

    func run(in session: Session) async throws {
        let (order, history) = try await session.order(order)
        try session.output.print(
            .resource(OrderJSON(order)), OrderText.details(order) + "\n\n" + OrderText.table(history))
    }
}

struct OrdersHistoryCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Every move of an order, and what it came from.")

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("Its id.", valueName: "ord_…")) var order: String

    func run(in session: Session) async throws {
        let (_, history) = try await session.order(order)
        try session.output.print(
            .page(history.map { .resource(OrderTransitionJSON($0)) }, hasMore: false), OrderText.table(history))
    }
}

extension Session {
    fileprivate func order(_ id: String) async throws -> (Order, [OrderTransition]) {
        let found = try await database.read { connection -> (Order, [OrderTransition])? in
            guard let order = try OperatorOrders.get(OrderID(rawValue: id), in: connection) else { return nil }
            return (order, try OperatorOrders.history(of: order.id, in: connection))
        }
        guard let found else {
            throw CommandFailure.failed("No such order: '\(id)'. 'checkoutctl orders list' shows them all.")
        }
        return found
    }
}
