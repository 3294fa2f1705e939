import Commerce
import Database
import Mail
import Messaging

/// The wording of one kind of a tenant's emails, as it is shown.
struct EmailView {
    let tenant: TenantID
    let kind: EmailKind
    /// The tenant's own; nil where the standard wording is sent.
    let own: EmailTemplate?

    /// What is sent.
    var wording: EmailWording {
        guard let own else { return EmailTemplates.standard(kind) }
        return EmailWording(subject: own.subject, text: own.text, html: own.html)
    }

    var source: String { own == nil ? "standard" : "own" }

    var json: JSON {
        let wording = wording
        return [
            "object": "email_template", "tenant": .text(tenant.rawValue), "kind": .text(kind.rawValue),
            "wording": .text(source), "subject": .text(wording.subject), "text": .text(wording.text),
            "html": .text(wording.html), "values": .texts(kind.values),
        ]
    }

    var text: String {
        let wording = wording
        var details = Details()
        details.add("Kind", kind.rawValue)
        details.add("Wording", own == nil ? "the standard one" : "the tenant's own")
        details.add("Values", kind.values.joined(separator: " "))
        details.add("Subject", wording.subject)
        return [details.text, "--- text", Self.lines(wording.text), "--- html", Self.lines(wording.html)]
            .joined(separator: "\n")
    }

    /// A template's lines, each safe for a terminal.
    private static func lines(_ text: String) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines.map { TerminalText.safe(String($0)) }.joined(separator: "\n")
    }
}

extension Session {
    /// All kinds, in their own order.
    func emails(of tenant: Tenant) async throws -> [EmailView] {
        let own = try await database.read { try EmailTemplateStore.list(of: tenant.id, in: $0) }
        return EmailKind.allCases.map { kind in
            EmailView(tenant: tenant.id, kind: kind, own: own.first { $0.kind == kind })
        }
    }
}
