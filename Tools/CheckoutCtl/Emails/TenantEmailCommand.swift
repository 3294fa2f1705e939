import ArgumentParser
import Commerce
import Database
import Mail
import Messaging

struct TenantEmailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "email", abstract: "What a tenant's emails say to its buyers.",
        discussion: """
            Each kind has a standard wording; a tenant may have its own. A wording is three Mustache templates: subject, \
            text and HTML. 'list' shows what is sent, 'show' a kind's templates and the values they may name.
            """,
        subcommands: [
            EmailListCommand.self, EmailShowCommand.self, EmailSetCommand.self, EmailRemoveCommand.self,
        ])
}

struct EmailListCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "The kinds of emails, and which have the tenant's own wording.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var range: ListOptions
    @Argument(help: ArgumentHelp("The tenant's id.", valueName: "ten_…")) var tenant: String

    func run(in session: Session) async throws {
        let views = try await session.emails(of: try await session.tenant(tenant))
        let page = try ListPart.of(views, range.page) { $0.kind.rawValue }
        var table = Table("KIND", "WORDING", "SUBJECT")
        for view in page.data { table.add(view.kind.rawValue, view.source, view.wording.subject) }
        try session.output.print(
            .page(page.data.map(\.json), hasMore: page.hasMore), table.text(empty: "No more kinds.", page.hasMore))
    }
}

struct EmailShowCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "The templates of a kind, as they are sent now.")

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("The tenant's id.", valueName: "ten_…")) var tenant: String
    @Argument(help: "Which email.") var kind: EmailKind

    func run(in session: Session) async throws {
        let tenant = try await session.tenant(tenant)
        let own = try await session.database.read { [kind] connection in
            try EmailTemplateStore.get(kind, of: tenant.id, in: connection)
        }
        let view = EmailView(tenant: tenant.id, kind: kind, own: own)
        try session.output.print(view.json, view.text)
    }
}

struct EmailRemoveCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Drop a wording of the tenant's own: the standard one is sent again.")

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("The tenant's id.", valueName: "ten_…")) var tenant: String
    @Argument(help: "Which email.") var kind: EmailKind

    func run(in session: Session) async throws {
        let tenant = try await session.tenant(tenant)
        let isRemoved = try await session.database.write { [kind] connection in
            try EmailTemplateStore.remove(kind, of: tenant.id, in: connection)
        }
        guard isRemoved else {
            throw CommandFailure.failed("\(tenant.id) has no wording of its own for \(kind.rawValue).")
        }
        try session.output.print(
            EmailView(tenant: tenant.id, kind: kind, own: nil).json,
            "Removed: \(tenant.id) sends the standard wording for \(kind.rawValue) from now on.")
    }
}
