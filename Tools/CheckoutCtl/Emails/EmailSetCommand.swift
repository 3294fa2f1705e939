import ArgumentParser
import Commerce
import Database
import Mail
import Messaging

struct EmailSetCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Give a tenant a wording of its own; what is not named stays as it is sent now.",
        discussion: """
            There are {{name}}, {{#name}}…{{/name}} (only where there is such a value), {{^name}}…{{/name}} (only where \
            there is none) and {{!note}}; 'show' lists the names. A template that does not parse, or names what there is \
            not, is refused and nothing changes.
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("The tenant's id.", valueName: "ten_…")) var tenant: String
    @Argument(help: "Which email.") var kind: EmailKind

    @Option(help: ArgumentHelp("The subject's template, one line.", valueName: "template"))
    var subject: String?

    @Option(help: ArgumentHelp("A file with the text's template; '-' reads standard input.", valueName: "file"))
    var text: String?

    @Option(help: ArgumentHelp("A file with the HTML's template; '-' reads standard input.", valueName: "file"))
    var html: String?

    func validate() throws {
        guard subject != nil || text != nil || html != nil else {
            throw ValidationError("Give at least one of --subject, --text and --html.")
        }
        guard text != "-" || html != "-" else {
            throw ValidationError("Only one of --text and --html can be standard input.")
        }
    }

    func run(in session: Session) async throws {
        let tenant = try await session.tenant(tenant)
        let text = try text.map { try TemplateFile.read($0, "--text") }
        let html = try html.map { try TemplateFile.read($0, "--html") }
        let own = try await session.database.write { [kind, subject] connection in
            let old = EmailView(
                tenant: tenant.id, kind: kind, own: try EmailTemplateStore.get(kind, of: tenant.id, in: connection))
            let template = try EmailTemplate(
                kind: kind, subject: subject ?? old.wording.subject, text: text ?? old.wording.text,
                html: html ?? old.wording.html)
            try EmailTemplates.check(
                subject: template.subject, text: template.text, html: template.html, kind: kind)
            try EmailTemplateStore.put(template, of: tenant.id, in: connection)
            return template
        }
        let view = EmailView(tenant: tenant.id, kind: kind, own: own)
        try session.output.print(view.json, view.text)
    }
}
