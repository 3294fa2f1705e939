package import Commerce
import Mustache

/// The three templates of a wording, checked: what they name exists, and they parse.
package struct EmailTemplates: Sendable {
    private let subject: MustacheTemplate
    private let text: MustacheTemplate
    private let html: MustacheTemplate
    private let kind: EmailKind

    /// - Throws: `.invalid` that names the part, the line and the fault.
    package init(_ wording: EmailWording, kind: EmailKind) throws(MailError) {
        guard !wording.subject.contains(where: \.isNewline), !wording.subject.allSatisfy(\.isWhitespace) else {
            throw MailError(.invalid, "subject: it must be one line, and not empty.")
        }
        subject = try Self.template(wording.subject, .subject, kind)
        text = try Self.template(wording.text, .text, kind)
        html = try Self.template(wording.html, .html, kind)
        self.kind = kind
    }

    /// Refuses a wording that could not be sent: a template that does not parse, or names a value that `kind` has not.
    /// - Throws: `.invalid`: `html, line 3: …`.
    package static func check(subject: String, text: String, html: String, kind: EmailKind) throws(MailError) {
        _ = try EmailTemplates(EmailWording(subject: subject, text: text, html: html), kind: kind)
    }

    /// Fills in `values`. In HTML they are escaped; in the subject, line breaks of theirs become spaces.
    /// - Throws: `.invalid` when nothing is left for the subject to say.
    package func render(_ values: [String: String]) throws(MailError) -> RenderedEmail {
        let allowed = Set(kind.values)
        // An empty value counts as none, so that its section goes.
        let known = values.filter { allowed.contains($0.key) && !$0.value.isEmpty }
        return RenderedEmail(
            subject: try HeaderText(HeaderText.flattened(subject.render(known), limit: 300)),
            text: text.render(known), html: html.render(known))
    }

    private enum Part: String {
        case subject, text, html
    }

    private static func template(
        _ source: String, _ part: Part, _ kind: EmailKind
    ) throws(MailError) -> MustacheTemplate {
        do {
            try TemplateScan.check(source, values: kind.values)
            // Mustache escapes for HTML unless told otherwise; the line that tells it leaves nothing behind.
            return try MustacheTemplate(string: part == .html ? source : "{{%CONTENT_TYPE:TEXT}}\n" + source)
        } catch let fault as TemplateFault {
            throw MailError(.invalid, "\(part), line \(fault.line): \(fault.message)")
        } catch {
            throw MailError(.invalid, "\(part): it is no Mustache template that can be read.")
        }
    }
}
