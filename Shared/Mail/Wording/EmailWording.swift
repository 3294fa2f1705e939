/// What an email says: three Mustache templates.
package struct EmailWording: Sendable, Hashable {
    package let subject: String
    package let text: String
    package let html: String

    package init(subject: String, text: String, html: String) {
        self.subject = subject
        self.text = text
        self.html = html
    }
}

/// An email's subject and its two bodies, filled in.
package struct RenderedEmail: Sendable, Hashable {
    package let subject: HeaderText
    package let text: String
    package let html: String
}
