import Commerce
import Testing

@testable import Mail

@Suite struct EmailTemplatesTests {
    private func fault(
        subject: String = "Hello", text: String = "", html: String = "", kind: EmailKind = .receipt
    ) -> String? {
        do {
            try EmailTemplates.check(subject: subject, text: text, html: html, kind: kind)
            return nil
        } catch {
            return error.message
        }
    }

    private func render(
        subject: String = "Hello", text: String = "", html: String = "", _ values: [String: String]
    ) throws -> RenderedEmail {
        try EmailTemplates(EmailWording(subject: subject, text: text, html: html), kind: .receipt).render(values)
    }

    @Test(arguments: EmailKind.allCases)
    func `the standard wording passes its own check and says every value, in text and in HTML`(kind: EmailKind) throws {
        let wording = EmailTemplates.standard(kind)
        try EmailTemplates.check(subject: wording.subject, text: wording.text, html: wording.html, kind: kind)
        let values = Dictionary(uniqueKeysWithValues: kind.values.map { ($0, "<\($0)>") })
        let email = try EmailTemplates(wording, kind: kind).render(values)
        for value in kind.ownValues + ["shop"] {
            #expect(email.text.contains("<\(value)>"))
            #expect(email.html.contains("&lt;\(value)&gt;"))
        }
        #expect(email.subject.text.contains("<shop>"))
        #expect(email.text.contains("test") && email.html.contains("test"))
    }

    @Test(arguments: EmailKind.allCases)
    func `the standard wording reads well without any value but the shop's name`(kind: EmailKind) throws {
        let email = try EmailTemplates(EmailTemplates.standard(kind), kind: kind).render(["shop": "Mugs", "amount": ""])
        for body in [email.text, email.html] {
            #expect(!body.contains("{{") && !body.contains("href") && !body.contains("test:"))
        }
        #expect(!email.text.contains("\n\n\n"))
        // Nothing is loaded from anywhere: it reads the same without images and scripts.
        for tag in ["<img", "<script", "url(", "<link"] { #expect(!email.html.contains(tag)) }
    }

    @Test func `values are escaped in HTML, and nowhere else`() throws {
        let hostile = #"<script>alert("x")</script> & 'y' {{order}}"#
        let email = try render(
            subject: "{{description}}", text: "{{description}}", html: #"<a title="{{description}}">"#,
            ["description": hostile, "order": "ord_1"])
        #expect(email.subject.text == hostile)
        #expect(email.text == hostile)
        #expect(
            email.html
                == "<a title=\"&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;y&#39; {{order}}\">")
    }

    @Test func `a value cannot bring a header into the subject`() throws {
        let email = try render(subject: "For {{description}}", ["description": "a mug\r\nBcc: x@example.com\0"])
        #expect(email.subject.text == "For a mug Bcc: x@example.com")
        #expect(throws: MailError.self) { try render(subject: "{{description}}", ["description": "\r\n"]) }
        let long = try render(subject: "{{description}}", ["description": String(repeating: "👩‍👩‍👧‍👦", count: 400)])
        #expect(long.subject.text.unicodeScalars.count == 300)
    }

    @Test func `sections, inverted sections and notes work; a value that is empty or of another kind is none`() throws {
        let email = try render(
            text: """
                {{#amount}}
                Amount: {{amount}}
                {{/amount}}
                {{^description}}
                Nothing is said of it.
                {{/description}}
                {{! a note }}
                End{{order}}
                """, ["amount": "19.99 EUR", "description": "", "reason": "none of a receipt's"])
        #expect(email.text == "Amount: 19.99 EUR\nNothing is said of it.\nEnd")
    }

    @Test(arguments: [
        ("one\n{{nothing}}", 2, "{{nothing}}"), ("{{#amount}}\n{{amount}}", 1, "{{#amount}} is not closed"),
        ("\n\n{{/amount}}", 3, "{{/amount}} closes no section"), ("{{amount", 1, "not closed"),
        ("{{#amount}}{{#order}}{{/amount}}{{/order}}", 1, "{{/amount}}"), ("\r\n{{{amount}}}", 2, "two braces"),
        ("{{&amount}}", 1, "two braces"), ("{{>partial}}", 1, "{{>"), ("{{=<% %>=}}", 1, "{{="),
        ("{{%CONTENT_TYPE:TEXT}}", 1, "{{%"), ("{{$block}}{{/block}}", 1, "{{$"), ("{{<parent}}{{/parent}}", 1, "{{<"),
        ("{{reversed(amount)}}", 1, "{{reversed(amount)}}"), ("{{.}}", 1, "{{.}}"), ("{{amount.count}}", 1, "{{amount"),
        ("{{}}", 1, "{{}}"), ("a\n{{^link}}x{{/link}}", 2, "{{link}}"), ("{{amount\n}}\n{{nothing}}", 3, "{{nothing}}"),
    ])
    func `a template that cannot be sent is refused with its line`(source: String, line: Int, words: String) throws {
        let inHTML = try #require(fault(html: source))
        #expect(inHTML.hasPrefix("html, line \(line): "))
        #expect(inHTML.contains(words))
        #expect(fault(text: source)?.hasPrefix("text, line \(line): ") == true)
    }

    @Test(arguments: ["", "   ", "one\ntwo", "{{nothing}}", "{{#amount}}"])
    func `a subject that cannot be sent is refused`(subject: String) {
        #expect(fault(subject: subject)?.hasPrefix("subject") == true)
    }
}
