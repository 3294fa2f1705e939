import Foundation

/// One email to one recipient, in text and HTML. The same values give the same bytes.
package struct MailMessage: Sendable, Hashable {
    package let from: EmailAddress
    package let fromName: HeaderText
    package let to: EmailAddress
    package let subject: HeaderText
    package let text: String
    package let html: String
    /// The left side of the Message-ID, the same on every try, so that a mailbox can tell a repetition.
    package let reference: String
    /// Seconds since 1970.
    package let date: Int64

    /// - Parameter reference: letters, digits, `_`, `-` and `.`; anything else is left out.
    package init(
        from: EmailAddress, fromName: HeaderText, to: EmailAddress, subject: HeaderText, text: String, html: String,
        reference: String, date: Int64
    ) {
        self.from = from
        self.fromName = fromName
        self.to = to
        self.subject = subject
        self.text = text
        self.html = html
        self.reference = String(
            decoding: reference.utf8.filter { $0.isASCIIAlphanumeric || "_-.".utf8.contains($0) }, as: UTF8.self)
        self.date = date
    }

    package var messageID: String { "<\(reference)@\(from.domain)>" }

    /// RFC 5322, lines ended by CRLF.
    package var bytes: [UInt8] {
        // Quoted-printable never holds "=_", so no line of the parts is the boundary.
        let boundary = "=_\(reference)"
        let head = """
            Date: \(Self.dateText(date))
            Message-ID: \(messageID)
            From: \(mailbox)
            To: <\(to.text)>
            \(subject.field("Subject"))\
            Auto-Submitted: auto-generated
            MIME-Version: 1.0
            Content-Type: multipart/alternative;
             boundary="\(boundary)"


            """
        // The last part is the one that is preferred (RFC 2046, 5.1.4).
        return Self.crlf(head) + Self.part("plain", text, boundary) + Self.part("html", html, boundary)
            + Array("--\(boundary)--\r\n".utf8)
    }

    private var mailbox: String {
        let name = fromName.phrase
        let isShort = !name.contains("\r\n") && "From: \(name) <\(from.text)>".utf8.count <= 76
        return "\(name)\(isShort ? " " : "\r\n ")<\(from.text)>"
    }

    private static func part(_ type: String, _ text: String, _ boundary: String) -> [UInt8] {
        let head = """
            --\(boundary)
            Content-Type: text/\(type); charset=utf-8
            Content-Transfer-Encoding: quoted-printable


            """
        return crlf(head) + QuotedPrintable.encode(text)
    }

    /// Both kinds of line ends come in: those of the literals and those of folded headers.
    private static func crlf(_ text: String) -> [UInt8] {
        Array(text.replacing("\r\n", with: "\n").replacing("\n", with: "\r\n").utf8)
    }

    /// RFC 5322, 3.3: `Sun, 22 Nov 2026 09:12:04 +0000`.
    static func dateText(_ seconds: Int64) -> String {
        var time = time_t(seconds)
        var parts = tm()
        gmtime_r(&time, &parts)
        func padded(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let day = "\(weekdays[Int(parts.tm_wday)]), \(padded(parts.tm_mday)) \(months[Int(parts.tm_mon)])"
        let clock = "\(padded(parts.tm_hour)):\(padded(parts.tm_min)):\(padded(parts.tm_sec))"
        return "\(day) \(parts.tm_year + 1900) \(clock) +0000"
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}
