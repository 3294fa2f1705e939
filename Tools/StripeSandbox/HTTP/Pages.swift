import HTTPTypes
import Hummingbird
import Mustache
import NIOCore

/// What browsers load: Stripe.js, the element's frame, the bank's page, Checkout, the control page. Embedded in the program.
enum Pages {
    /// The files that are served as they are, by path.
    static let files: [(path: String, type: String, bytes: [UInt8])] = [
        ("/js/v3", "text/javascript; charset=utf-8", PackageResources.stripe_js),
        ("/js/v3/element", "text/html; charset=utf-8", PackageResources.element_html),
        ("/js/v3/element.js", "text/javascript; charset=utf-8", PackageResources.element_js),
        ("/js/v3/element-card.js", "text/javascript; charset=utf-8", PackageResources.element_card_js),
        ("/js/v3/element.css", "text/css; charset=utf-8", PackageResources.element_css),
        ("/c/checkout.js", "text/javascript; charset=utf-8", PackageResources.checkout_js),
        ("/c/checkout.css", "text/css; charset=utf-8", PackageResources.checkout_css),
        ("/_sandbox", "text/html; charset=utf-8", PackageResources.control_html),
        ("/_sandbox/control.js", "text/javascript; charset=utf-8", PackageResources.control_js),
        ("/_sandbox/control.css", "text/css; charset=utf-8", PackageResources.control_css),
        ("/_sandbox/challenge.css", "text/css; charset=utf-8", PackageResources.challenge_css),
        ("/_sandbox/challenge-done.js", "text/javascript; charset=utf-8", PackageResources.challenge_done_js),
    ]

    static func add(to router: Router<SandboxContext>) {
        for file in files {
            let body = ByteBuffer(bytes: file.bytes)
            // Hummingbird takes a path with and without its last slash for the same.
            router.get(RouterPath(file.path)) { _, _ in
                Response(
                    status: .ok, headers: headers(file.type), body: ResponseBody(byteBuffer: body))
            }
        }
    }

    static let checkout = template(PackageResources.checkout_html)
    static let invoice = template(PackageResources.invoice_html)
    static let challenge = template(PackageResources.challenge_html)
    static let challengeDone = template(PackageResources.challenge_done_html)

    static func html(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: headers("text/html; charset=utf-8"),
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    private static func headers(_ type: String) -> HTTPFields {
        var fields: HTTPFields = [.contentType: type, .cacheControl: "no-cache"]
        fields[.xContentTypeOptions] = "nosniff"
        if let name = HTTPField.Name("Referrer-Policy") { fields[name] = "no-referrer" }
        if type.hasPrefix("text/html") {
            // No `form-action` and no `frame-ancestors`: the bank's form ends on the shop's page, and shops frame these.
            fields[.contentSecurityPolicy] =
                "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
                + "base-uri 'none'"
        }
        return fields
    }

    private static func template(_ bytes: [UInt8]) -> MustacheTemplate? {
        try? MustacheTemplate(string: String(decoding: bytes, as: UTF8.self))
    }
}
