import Commerce
import HTTPTypes
import Hummingbird
import Security
import ServiceRuntime

/// `/pay/{order}`: the page, and what it asks for once it has read the client secret in its own address.
struct PayRoutes: Sendable {
    let pages: PayPages

    func add(to router: Router<AppRequestContext>) {
        router.get("pay/:order") { _, _ in pages.page }
        router.post("pay/:order", use: open)
    }

    @Sendable func open(_ request: Request, _ context: AppRequestContext) async throws -> Reply {
        let fields = try await JSONBody(request).fields(["client_secret"])
        guard let secret = try fields.string("client_secret", maximum: 500) else {
            throw APIError.missing("client_secret")
        }
        guard let id = OrderID(inPath: context.parameters.get("order")) else { throw APIError.noSuchOrder }
        return try Reply(.ok, try await pages.open(id, showing: Secret(secret)))
    }
}
