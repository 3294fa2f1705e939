import Security
import Testing

@testable import Mail

@Suite struct SMTPServerTests {
    @Test func `a URL with everything`() throws {
        let server = try SMTPServer(parsing: "SMTPS://shop%40example.com:p%3Aa%2Fss@Mail.Example.com:2465/")
        #expect(server.isTLS && server.host == "mail.example.com" && server.port == 2465)
        #expect(server.login?.user == "shop@example.com")
        #expect(server.login?.password.exposed == "p:a/ss")
        #expect(server.masked == "smtps://shop@example.com:<secret>@mail.example.com:2465")
    }

    @Test(arguments: [
        ("smtp://mail.example.com", 587), ("smtps://mail.example.com", 465), ("smtp://[::1]:25", 25),
        ("smtp://[::1]", 587),
    ])
    func `a port that is not given is the usual one`(url: String, port: Int) throws {
        #expect(try SMTPServer(parsing: url).port == port)
    }

    @Test(arguments: [
        ("smtp://u:p@mail.example.com", true), ("smtp://u:p@10.0.0.1", true), ("smtp://mail.example.com", false),
        ("smtps://mail.example.com", true), ("smtp://u:p@localhost", false), ("smtp://u:p@127.0.0.2:25", false),
        ("smtp://u:p@[::1]", false), ("smtp://u:p@127.0.0.1.example.com", true),
    ])
    func `a password leaves this machine only encrypted`(url: String, mustEncrypt: Bool) throws {
        #expect(try SMTPServer(parsing: url).mustEncrypt == mustEncrypt)
    }

    @Test(arguments: [
        "", "mail.example.com:587", "http://mail.example.com", "smtp://", "smtp://:587", "smtp://host:0",
        "smtp://host:65536", "smtp://host:x", "smtp://u@host", "smtp://u:@host", "smtp://:hidden@host",
        "smtp://u:hid/den@host", "smtp://u:hid den@host", "smtp://u:hidden%@host", "smtp://u:hidden%0D%0A@host",
        "smtp://host/path", "smtp://host?x=y", "smtp://u:hid@den@host", "smtp://[zz]:25", "smtp://ho st",
    ])
    func `another URL is refused, and no password is repeated`(url: String) {
        #expect {
            try SMTPServer(parsing: url)
        } throws: { error in
            guard let error = error as? MailError else { return false }
            return error.code == .invalid && !error.message.contains("hid")
        }
    }
}
