import Foundation
import Testing

@testable import Mail

@Suite struct MailMessageTests {
    private func message(
        fromName: String = "Mug Shop", subject: String = "Your payment", text: String = "Hello",
        html: String = "<p>Hello"
    ) throws -> MailMessage {
        MailMessage(
            from: try EmailAddress("shop@example.com"), fromName: try HeaderText(fromName),
            to: try EmailAddress("buyer@example.org"), subject: try HeaderText(subject), text: text, html: html,
            reference: "job_42.ten_1", date: 1_795_338_724)
    }

    private func written(_ message: MailMessage) -> String { String(decoding: message.bytes, as: UTF8.self) }

    @Test func `a message is written as RFC 5322 says`() throws {
        #expect(
            written(try message())
                == """
                Date: Sun, 22 Nov 2026 09:12:04 +0000
                Message-ID: <job_42.ten_1@example.com>
                From: "Mug Shop" <shop@example.com>
                To: <buyer@example.org>
                Subject: Your payment
                Auto-Submitted: auto-generated
                MIME-Version: 1.0
                Content-Type: multipart/alternative;
                 boundary="=_job_42.ten_1"

                --=_job_42.ten_1
                Content-Type: text/plain; charset=utf-8
                Content-Transfer-Encoding: quoted-printable

                Hello
                --=_job_42.ten_1
                Content-Type: text/html; charset=utf-8
                Content-Transfer-Encoding: quoted-printable

                <p>Hello
                --=_job_42.ten_1--

                """.replacing("\n", with: "\r\n"))
    }

    @Test func `no line is longer than 76 characters or beyond ASCII, whatever is said`() throws {
        let long = Array(repeating: "Überweisungsträger 👩‍👩‍👧‍👦", count: 20).joined(separator: " ")
        let message = try message(
            fromName: String(long.prefix(200)), subject: String(long.prefix(300)), text: long + "\n" + long, html: long)
        let lines = written(message).components(separatedBy: "\r\n")
        #expect(lines.allSatisfy { $0.utf8.count <= 76 && $0.utf8.allSatisfy { (0x20...0x7e).contains($0) } })
    }

    @Test(arguments: [
        ("Bücher & Töne", "=?UTF-8?B?QsO8Y2hlciAmIFTDtm5l?="), ("Mug \"Shop\" \\", #""Mug \"Shop\" \\""#),
        ("=?UTF-8?B?AAAA?=", "=?UTF-8?B?PT9VVEYtOD9CP0FBQUE/PQ==?="), ("Acme, Inc.", #""Acme, Inc.""#),
    ])
    func `a name is quoted, and encoded where it must be`(name: String, phrase: String) throws {
        #expect(try HeaderText(name).phrase == phrase)
    }

    @Test func `a long subject is folded at its spaces`() throws {
        let subject = Array(repeating: "payment", count: 20).joined(separator: " ")
        let field = try HeaderText(subject).field("Subject")
        #expect(field.split(separator: "\r\n").count == 3)
        // Unfolding takes away the line breaks and nothing else (RFC 5322, 2.2.3).
        #expect(field.replacing("\r\n", with: "") == "Subject: \(subject)")
    }

    @Test func `encoded words hold whole characters`() throws {
        let subject = String(repeating: "ü€😀", count: 30)
        let words = try HeaderText(subject).field("Subject").dropFirst("Subject: ".count).split(separator: "\r\n ")
        let parts = words.compactMap { word in
            Data(base64Encoded: word.dropFirst(10).prefix { $0 != "?" }.description).flatMap {
                String(data: $0, encoding: .utf8)
            }
        }
        #expect(words.count > 3 && parts.count == words.count)
        #expect(parts.joined() == subject)
    }

    @Test(arguments: ["a\r\nBcc: x@example.com", "a\nb", "a\rb", "a\0b", "a\u{85}b", "a\u{2028}b", "a\u{7f}", "", "\t"])
    func `a header's text cannot begin another header`(text: String) {
        #expect(throws: MailError.self) { try HeaderText(text) }
        #expect(HeaderText.flattened(text).allSatisfy { !$0.isNewline && $0 != "\0" })
    }

    @Test(arguments: [
        ("plain", "plain\r\n"), ("a=b", "a=3Db\r\n"), ("ü", "=C3=BC\r\n"), ("end \nnext", "end=20\r\nnext\r\n"),
        ("a\r\nb\rc\n", "a\r\nb\r\nc\r\n"), (".", "=2E\r\n"), ("a.b", "a.b\r\n"), ("", "\r\n"), ("\0", "=00\r\n"),
        (String(repeating: "x", count: 76), String(repeating: "x", count: 76) + "\r\n"),
        (String(repeating: "x", count: 77), String(repeating: "x", count: 75) + "=\r\nxx\r\n"),
        (String(repeating: "x", count: 75) + ".y", String(repeating: "x", count: 75) + "=\r\n=2Ey\r\n"),
        (String(repeating: "x", count: 74) + "ü", String(repeating: "x", count: 74) + "=\r\n=C3=BC\r\n"),
    ])
    func `text becomes quoted-printable`(text: String, encoded: String) {
        #expect(String(decoding: QuotedPrintable.encode(text), as: UTF8.self) == encoded)
    }

    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 +0000"), (1_709_210_096, "Thu, 29 Feb 2024 12:34:56 +0000"),
    ])
    func `dates are in UTC`(seconds: Int64, text: String) {
        #expect(MailMessage.dateText(seconds) == text)
    }

    @Test func `the Message-ID holds nothing but a job's and a tenant's letters`() throws {
        let message = MailMessage(
            from: try EmailAddress("shop@example.com"), fromName: try HeaderText("x"),
            to: try EmailAddress("a@b.example"), subject: try HeaderText("x"), text: "", html: "",
            reference: "job_1>\r\nBcc: <x", date: 0)
        #expect(message.messageID == "<job_1Bccx@example.com>")
    }
}
