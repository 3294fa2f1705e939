import Testing

@testable import StripeClient

struct BaseTests {
    @Test(arguments: [
        ("https://api.stripe.com", "https://api.stripe.com"), ("https://api.stripe.com/", "https://api.stripe.com"),
        ("http://127.0.0.1:12111", "http://127.0.0.1:12111"), ("http://127.1.2.3", "http://127.1.2.3"),
        ("http://localhost:1/", "http://localhost:1"), ("http://[::1]:12111", "http://[::1]:12111"),
        ("HTTPS://stripe.example", "HTTPS://stripe.example"),
    ])
    func `keys go out by TLS, or not over a network`(text: String, url: String) throws {
        #expect(try StripeBase(text).url == url)
    }

    @Test(arguments: [
        "", "api.stripe.com", "https://", "http://", "http://api.stripe.com", "http://10.0.0.1", "ftp://api.stripe.com",
        "http://127.0.0.1.example.com", "http://127.0.0.1@example.com", "https://user@api.stripe.com",
        "https://user:pass@api.stripe.com", "http://localhost.example.com", "http://127.1", "http://0x7f.0.0.1",
        "http://127.0.0.256", "http://127.0.0.+1", "http://127.0.0.1\n", "https://api.stripe.com/v1",
        "https://api.stripe.com?x=1", "https://api.stripe.com#x", "unix:///tmp/socket", "file:///etc/passwd",
    ])
    func `any other address is refused`(text: String) {
        #expect(throws: StripeError.self) { try StripeBase(text) }
    }

    @Test(
        arguments: [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
            ("Tue, 29 Feb 2028 23:59:59 GMT", 1_835_481_599), ("Wed, 01 Mar 2028 00:00:00 GMT", 1_835_481_600),
            ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799),
        ] as [(String, Int64)])
    func `the date of an answer is read`(text: String, seconds: Int64) {
        #expect(HTTPDate.seconds(text) == seconds)
    }

    @Test(arguments: [
        "", "now", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 Nov 1994 25:49:37 GMT", "Sun, 32 Nov 1994 08:49:37 GMT",
        "Sun, 06 Xxx 1994 08:49:37 GMT", "Sun, -6 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49    GMT", "Sun Nov  6 08:49:37 1994",
    ])
    func `what is no date is not read`(text: String) {
        #expect(HTTPDate.seconds(text) == nil)
    }
}
