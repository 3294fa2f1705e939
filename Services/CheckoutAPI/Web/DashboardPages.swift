import HTTPTypes
import Hummingbird
import Mustache
import Security
import ServiceRuntime
import TenantStripe

/// The dashboard in a browser, and the form before it.
struct DashboardPages: Sendable {
    private let dashboard: MustacheTemplate
    private let login: MustacheTemplate
    private let publicBaseURL: String

    init(publicBaseURL: String) throws {
        self.publicBaseURL = publicBaseURL
        dashboard = try MustacheTemplate(string: String(decoding: PackageResources.dashboard_html, as: UTF8.self))
        login = try MustacheTemplate(string: String(decoding: PackageResources.dashboard_login_html, as: UTF8.self))
    }

    func page(_ shown: Dashboard) -> Response {
        DemoPages.response(.ok, dashboard.render(shown.pageValues), policy: Self.policy)
    }

    /// - Parameter problem: why the form is shown again.
    func form(_ status: HTTPResponse.Status = .ok, problem: String? = nil) -> Response {
        var values: [String: Any] = [:]
        values["problem"] = problem
        return DemoPages.response(status, login.render(values), policy: Self.policy)
    }

    private static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; "
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

    // MARK: The session's cookie

    /// With the prefix, which browsers take only from this very host over TLS, no neighbour of it can plant a session.
    /// Development has no TLS.
    var cookie: String { isSecure ? "__Host-checkout_dashboard" : "checkout_dashboard" }
    private var isSecure: Bool { publicBaseURL.hasPrefix("https://") }

    /// Goes to the dashboard, with a session or, with nil, without one.
    func enter(_ session: Secret?) -> Response {
        var response = Response(status: .seeOther, headers: [.location: "/dashboard", .cacheControl: "no-store"])
        response.setCookie(cookie(session))
        return response
    }

    private func cookie(_ session: Secret?) -> Cookie {
        let life = session == nil ? 0 : Int(DashboardSessions.life.components.seconds)
        return Cookie(
            name: cookie, value: session?.exposed ?? "", maxAge: life, path: "/", secure: isSecure, httpOnly: true,
            sameSite: .strict)
    }

    /// Whether a form was sent by a page of ours: no other may log anybody in or out. What says nothing of where it
    /// comes from is no browser.
    func isOwn(_ request: Request) -> Bool {
        if let site = request.headers[named: "Sec-Fetch-Site"] { return site == "same-origin" }
        guard let origin = request.headers[.origin] else { return true }
        return origin == ReturnURL.origin(of: publicBaseURL)
            || request.head.authority.map { ["http://\($0)", "https://\($0)"].contains(origin) } ?? false
    }
}
