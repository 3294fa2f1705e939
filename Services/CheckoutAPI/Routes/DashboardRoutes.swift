import Commerce
import HTTPTypes
import Hummingbird
import Logging
import ServiceRuntime
import TenantStripe

/// `/v1/dashboard`, for programs.
struct DashboardRoutes: Sendable {
    let api: CheckoutAPI

    func add(to v1: RouterGroup<CallerContext>) {
        v1.get("dashboard", use: read)
    }

    @Sendable func read(_ request: Request, _ context: CallerContext) async throws -> Reply {
        let caller = try context.caller
        try caller.require(.dashboardRead, secretKeyTo: "read the dashboard")
        _ = try QueryFields(request.uri, allowed: [])
        return try Reply(.ok, DashboardJSON(try await api.dashboard(for: caller, context.logger)))
    }
}

/// `/dashboard`, for people. Browsers come here, so what goes wrong is a page too.
struct DashboardPageRoutes: Sendable {
    let api: CheckoutAPI
    let pages: DashboardPages
    let sessions: DashboardSessions
    let messages: DemoPages

    func add(to router: Router<AppRequestContext>) {
        router.get("dashboard", use: show)
        router.post("dashboard", use: logIn)
        router.post("dashboard/logout", use: logOut)
    }

    @Sendable func show(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        try await shown(context) {
            guard let session = session(of: request) else { return pages.form() }
            guard let caller = try await sessions.caller(of: session) else {
                return pages.form(problem: "Your session has ended. Log in again to go on.")
            }
            return pages.page(try await api.dashboard(for: caller, context.logger))
        }
    }

    @Sendable func logIn(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        try await shown(context) {
            guard pages.isOwn(request) else { return foreignForm }
            guard let key = try await LoginForm.key(request), let session = try await sessions.open(with: key) else {
                return pages.form(
                    .forbidden,
                    problem: "This is no secret key that may read the dashboard. It begins with ck_ and is neither "
                        + "revoked nor expired.")
            }
            return pages.enter(session)
        }
    }

    @Sendable func logOut(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        try await shown(context) {
            guard pages.isOwn(request) else { return foreignForm }
            if let session = session(of: request) { try await sessions.close(session) }
            return pages.enter(nil)
        }
    }

    private var foreignForm: Response {
        messages.message(
            .forbidden, title: "Not from here", "This form was sent by another site. Open the dashboard and try again.")
    }

    private func session(of request: Request) -> String? {
        request.cookies[pages.cookie]?.value
    }

    private func shown(
        _ context: AppRequestContext, _ body: () async throws -> Response
    ) async throws -> Response {
        do {
            return try await body()
        } catch {
            context.logger.error("A dashboard page was not shown", metadata: ["error": "\(error)"])
            return messages.message(
                .serviceUnavailable, title: "Not just now",
                "The dashboard cannot be shown at the moment. Load it again soon.", requestID: context.requestID)
        }
    }
}

extension CheckoutAPI {
    func dashboard(for caller: Caller, _ logger: Logger) async throws -> Dashboard {
        try await Dashboard.read(
            for: caller.tenant, stripe(for: caller, logger, within: Dashboard.patience), logger)
    }
}
