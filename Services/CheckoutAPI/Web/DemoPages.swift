import Commerce
import HTTPTypes
import Hummingbird
import Messaging
import Mustache
import NIOCore
import Security

/// The demo storefront of a test-mode tenant, and the page that says why there is none.
struct DemoPages: Sendable {
    let tenants: TenantStore
    let keys: DemoKeys
    let stripeJS: StripeJS
    private let demo: MustacheTemplate
    private let message: MustacheTemplate

    init(tenants: TenantStore, keys: DemoKeys, stripeJS: StripeJS) throws {
        self.tenants = tenants
        self.keys = keys
        self.stripeJS = stripeJS
        demo = try MustacheTemplate(string: String(decoding: PackageResources.demo_html, as: UTF8.self))
        message = try MustacheTemplate(string: String(decoding: PackageResources.page_html, as: UTF8.self))
    }

    /// The page of a tenant; nil where there is no such tenant, or it takes real money.
    func storefront(of id: TenantID) async throws -> Response? {
        guard let tenant = try await tenants.get(id), !tenant.livemode else { return nil }
        var page: [String: Any] = [
            "tenant_id": tenant.id.rawValue, "tenant_name": tenant.name,
            "api_key": try await keys.key(for: tenant.id).exposed, "stripe_js": stripeJS.script,
            "sandbox": stripeJS.isSandbox,
        ]
        page["sandbox_control"] = stripeJS.control
        page["stripe_account"] = tenant.stripeAccount
        return Self.response(.ok, demo.render(page), policy: stripeJS.contentSecurityPolicy)
    }

    /// A page in place of one that cannot be shown.
    func message(
        _ status: HTTPResponse.Status, title: String, _ text: String, requestID: String? = nil
    ) -> Response {
        var page = ["status": "\(status.code)", "title": title, "message": text]
        page["request_id"] = requestID
        return Self.response(status, message.render(page), policy: Self.plainPolicy)
    }

    static let plainPolicy =
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'none'; base-uri 'none'; "
        + "frame-ancestors 'none'"

    static func response(_ status: HTTPResponse.Status, _ html: String, policy: String) -> Response {
        var headers: HTTPFields = [
            .contentType: "text/html; charset=utf-8", .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
            .contentSecurityPolicy: policy,
        ]
        headers[named: "Referrer-Policy"] = "strict-origin-when-cross-origin"
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: html)))
    }
}
