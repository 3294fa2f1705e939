package import StripeModels

extension StripeClient {
    package func createProduct(
        _ form: ProductForm, idempotencyKey: String, as credentials: StripeCredentials
    ) async throws(StripeError) -> Product {
        try await post("/v1/products", form.body, idempotencyKey: idempotencyKey, as: credentials)
    }

    package func product(_ id: String, as credentials: StripeCredentials) async throws(StripeError) -> Product {
        try await get("/v1/products/\(id)", as: credentials)
    }

    /// - Parameter active: nil for all.
    package func products(active: Bool? = nil, as credentials: StripeCredentials) -> StripePages<Product> {
        list("/v1/products", query: ["active": active.map(FormValue.flag)], as: credentials)
    }

    package func createPrice(
        _ form: PriceForm, idempotencyKey: String, as credentials: StripeCredentials
    ) async throws(StripeError) -> Price {
        try await post("/v1/prices", form.body, idempotencyKey: idempotencyKey, as: credentials)
    }

    package func price(_ id: String, as credentials: StripeCredentials) async throws(StripeError) -> Price {
        try await get("/v1/prices/\(id)", as: credentials)
    }

    /// - Parameters:
    ///   - active: nil for all.
    ///   - product: the prices of one product.
    package func prices(
        active: Bool? = nil, product: String? = nil, as credentials: StripeCredentials
    ) -> StripePages<Price> {
        list(
            "/v1/prices", query: ["active": active.map(FormValue.flag), "product": product.map(FormValue.text)],
            as: credentials)
    }
}
