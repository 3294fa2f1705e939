import Testing

@testable import CheckoutAPI

@Suite struct ReturnURLTests {
    @Test(arguments: [
        ("https://shop.example", "https://shop.example"), ("https://shop.example/", "https://shop.example"),
        ("HTTPS://Shop.Example:443/a?b=c#d", "https://shop.example"), ("http://shop.example:80", "http://shop.example"),
        ("http://shop.example:8080/?s={CHECKOUT_SESSION_ID}", "http://shop.example:8080"),
        ("http://[::1]:3000/a", "http://[::1]:3000"), ("https://shop.example/a@b/https://c", "https://shop.example"),
        ("https://shop.example#{CHECKOUT_SESSION_ID}", "https://shop.example"),
        ("https://shop.example/%E2%9C%93", "https://shop.example"),
    ])
    func `an address has an origin`(address: String, origin: String) {
        #expect(ReturnURL.origin(of: address) == origin)
    }

    @Test(arguments: [
        "", "shop.example", "/thanks", "//shop.example/", "ftp://shop.example/",
        "javascript://shop.example/%0aalert(1)",
        "https://", "https:///a", "https://user@shop.example/", "https://shop.example@evil.example/",
        "https://shop.example:x/", "https://shop.example:/", "https://shop.example:0/", "https://shop.example:+443/",
        "https://shop.example:65536/", "https://shop.example\\@evil.example/", "https://shop.example/a\\b",
        "https://shop.example/a b", "https://shop.example/\u{9}", "https://shop.example/\r\nX: y",
        "https://shop.exämple/", "https://shop.example/ä", "https://{CHECKOUT_SESSION_ID}/", "https://[::1/",
        "https://shop.example/{SESSION}", " https://shop.example/",
    ])
    func `what browsers might read in two ways has none`(address: String) {
        #expect(ReturnURL.origin(of: address) == nil)
    }

    @Test(
        arguments: ["success_url", "cancel_url"],
        [
            ("https://evil.example/", "url_origin_not_allowed"), ("http://shop.example/", "url_origin_not_allowed"),
            ("https://shop.example.evil.example/", "url_origin_not_allowed"),
            ("https://shop.example:8443/", "url_origin_not_allowed"),
            ("https://other.example/", "url_origin_not_allowed"),
            ("https://shop.example@evil.example/", "url_invalid"),
            ("https://shop.example%2eevil.example/", "url_invalid"),
        ])
    func `only the tenant's own origins are gone back to`(field: String, address: (String, String)) async throws {
        try await withAPI { api in
            let other = field == "success_url" ? "cancel_url" : "success_url"
            let answer = try await api.post(
                CheckoutSessionTests.path,
                #"{"mode":"payment","price":"price_1","\#(field)":"\#(address.0)","\#(other)":"https://shop.example/"}"#
            )
            #expect(answer.failure == Failure(400, "invalid_request_error", address.1))
            #expect(answer["error", "param"] == field)
            #expect(api.stripe.calls.isEmpty)
        }
    }
}
