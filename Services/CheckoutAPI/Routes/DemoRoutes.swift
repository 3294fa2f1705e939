import HTTPTypes
import Hummingbird
import Logging
import Messaging
import ServiceRuntime

/// `/demo/{tenant}` and what its page loads. Browsers come here, so what goes wrong is a page too.
struct DemoRoutes: Sendable {
    let pages: DemoPages

    func add(to router: Router<AppRequestContext>) {
        router.get("demo/:tenant", use: storefront)
        for (name, asset) in Assets.all {
            router.get("assets/\(name)") { request, _ in asset.response(to: request) }
        }
    }

    @Sendable func storefront(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        do {
            let id = context.parameters.get("tenant") ?? ""
            if id.hasPrefix(TenantID.prefix), id.utf8.count <= 64, id.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
                let page = try await pages.storefront(of: TenantID(rawValue: id))
            {
                return page
            }
            return pages.message(
                .notFound, title: "No demo here",
                "There is no test-mode tenant with this id. Demo storefronts exist for test-mode tenants only.")
        } catch {
            context.logger.error("A demo page was not shown", metadata: ["error": "\(error)"])
            return pages.message(
                .serviceUnavailable, title: "Not just now",
                "The page cannot be shown at the moment. Load it again soon.",
                requestID: context.requestID)
        }
    }
}
