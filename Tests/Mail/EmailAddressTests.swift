import Testing

@testable import Mail

@Suite struct EmailAddressTests {
    @Test(arguments: [
        ("buyer@example.com", "buyer@example.com"), ("Jo.O'Neil+tag@Sub.Example.COM", "Jo.O'Neil+tag@sub.example.com"),
        ("no-reply@localhost", "no-reply@localhost"), ("x@bücher.example", "x@xn--bcher-kva.example"),
        ("x@MÜNCHEN.de", "x@xn--mnchen-3ya.de"), ("x@例え.jp", "x@xn--r8jz45g.jp"),
        ("x@xn--bcher-kva.example", "x@xn--bcher-kva.example"),
    ])
    func `an address is taken, its domain in ASCII`(text: String, written: String) throws {
        #expect(try EmailAddress(text).text == written)
    }

    @Test(arguments: [
        "", "buyer", "@example.com", "buyer@", "buyer@-example.com", "buyer@example..com", "buyer@example.com.",
        "a b@example.com", "buyer@exa mple.com", "buyer@example.com\r\nRCPT TO:<x@example.com>", "a\n@example.com",
        "<buyer@example.com>", "Buyer <buyer@example.com>", "a,b@example.com", "\"a b\"@example.com",
        "jürgen@example.com",
        "buyer@[127.0.0.1]", "a@b@example.com", "buyer@example.com\0", "buyer@exam\u{202e}ple.com",
        "\(String(repeating: "a", count: 65))@example.com", "a@\(String(repeating: "b", count: 64)).com",
    ])
    func `what is no address, or more than one, is refused without being repeated`(text: String) {
        #expect {
            try EmailAddress(text)
        } throws: { error in
            guard let error = error as? MailError, error.code == .invalid else { return false }
            return text.isEmpty || text.count < 6 || !error.message.contains(text)
        }
    }

    @Test func `an address shows itself masked`() throws {
        #expect("\(try EmailAddress("buyer@example.com"))" == "b…@example.com")
    }

    /// RFC 3492, 7.1
    @Test(arguments: [
        ("ليهمابتكلموشعربي؟", "egbpdaj6bu4bxfgehfvwxn"), ("他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye"),
        ("Pročprostěnemluvíčesky", "Proprostnemluvesky-uyb24dma41a"), ("3年B組金八先生", "3B-ww4c5e180e575a65lsy2b"),
        ("そのスピードで", "d9juau41awczczp"),
    ])
    func `punycode is the standard's`(text: String, encoded: String) {
        #expect(Punycode.encode(text.unicodeScalars) == encoded)
    }
}
