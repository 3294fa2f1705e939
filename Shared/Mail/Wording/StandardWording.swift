/// An email in its parts, from which both its text and its HTML are made, so that they cannot say different things.
///
/// The texts are Mustache with the kind's values and must hold nothing that HTML takes for its own.
struct StandardWording {
    /// A paragraph; `when` names the value without which it is left out.
    struct Paragraph {
        let when: String?
        let text: String

        static func always(_ text: String) -> Paragraph { Paragraph(when: nil, text: text) }
        static func when(_ value: String, _ text: String) -> Paragraph { Paragraph(when: value, text: text) }
    }

    let subject: String
    let heading: String
    let paragraphs: [Paragraph]
    /// What the link leads to; shown when there is a value `link`.
    var linkLabel: String?

    var wording: EmailWording { EmailWording(subject: subject, text: text, html: html) }

    private var text: String {
        var parts = [heading + "\n"] + paragraphs.map { Self.section($0.when, "\($0.text)\n") }
        if let linkLabel { parts.append(Self.section("link", "\(linkLabel):\n{{link}}\n")) }
        parts.append(Self.section("test_mode", "\(Self.testNote)\n"))
        return (parts + ["--\n{{shop}}\n"]).joined(separator: "\n")
    }

    private var html: String {
        var parts = ["<h1 style=\"font-size:22px;line-height:1.3;margin:0 0 16px\">\(heading)</h1>"]
        parts += paragraphs.map { Self.section($0.when, Self.paragraph($0.text)) }
        if let linkLabel { parts.append(Self.section("link", Self.link(linkLabel))) }
        parts.append(Self.section("test_mode", Self.paragraph(Self.testNote)))
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(heading)</title>
            </head>
            <body style="margin:0;padding:24px;background:#ffffff;color:#1a1a1a;\
            font-family:system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif;font-size:16px;line-height:1.5">
            <div role="article" style="max-width:560px;margin:0 auto">
            \(parts.joined(separator: "\n"))
            <p style="margin:24px 0 0;padding-top:16px;border-top:1px solid #d0d0d0;color:#595959">{{shop}}</p>
            </div>
            </body>
            </html>

            """
    }

    private static let testNote = "This was a test: no money has moved."

    /// The tags on lines of their own, which leave nothing behind.
    private static func section(_ value: String?, _ text: String) -> String {
        value.map { "{{#\($0)}}\n\(text)\n{{/\($0)}}" } ?? text
    }

    private static func paragraph(_ text: String) -> String { "<p style=\"margin:0 0 16px\">\(text)</p>" }

    /// The address is shown as well: not everyone may or wants to follow a link that cannot be seen.
    private static func link(_ label: String) -> String {
        """
        <p style="margin:24px 0"><a href="{{link}}" style="display:inline-block;padding:12px 20px;\
        background:#1a4fd6;color:#ffffff;text-decoration:none;border-radius:6px;font-weight:600">\(label)</a></p>
        <p style="margin:0 0 16px;font-size:14px;color:#595959;word-break:break-all">{{link}}</p>
        """
    }
}
