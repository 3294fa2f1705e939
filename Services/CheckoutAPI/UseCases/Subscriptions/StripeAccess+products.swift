import Commerce
import ServiceRuntime
import StripeClient
import StripeModels

extension StripeAccess {
    /// A product in the tenant's own account; `price(_:)` is the same for a price.
    /// - Throws: `StripeRefusal` for one that is not there or is somebody else's, which is the same.
    func product(_ id: String, or missing: APIError = .noSuchProduct) async throws -> Product {
        let found = try await find(id, or: missing) { credentials in try await client.product(id, as: credentials) }
        guard !found.deleted, let found = unmarked([found], \.metadata).first else {
            throw StripeRefusal(error: missing)
        }
        return found
    }

    /// The newest first.
    func products(active: Bool?, _ page: PageRequest) async throws -> Page<Product> {
        if let cursor = page.startingAfter { _ = try await product(cursor) }
        return try await self.page(
            page, of: { [client] in client.products(active: active, as: $0) }, ours: { unmarked($0, \.metadata) })
    }

    /// The newest first.
    func prices(active: Bool?, product: String?, _ page: PageRequest) async throws -> Page<Price> {
        if let product { _ = try await self.product(product, or: .noSuchProductParameter) }
        if let cursor = page.startingAfter { _ = try await price(cursor) }
        return try await self.page(
            page, of: { [client] in client.prices(active: active, product: product, as: $0) },
            ours: { unmarked($0, \.metadata) })
    }
}

extension APIError {
    static let noSuchProduct = APIError.notFound("No such product.", param: "id")

    /// The same where a request names it beside its own subject.
    static let noSuchProductParameter = APIError.notFound("No such product.", param: "product")
}
