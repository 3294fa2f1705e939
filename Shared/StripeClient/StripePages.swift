package import StripeModels

/// The elements of one of Stripe's lists, the newest first. A page is read when the one before it is used up.
package struct StripePages<Element: StripeResource>: AsyncSequence, Sendable {
    package typealias Failure = StripeError

    let client: StripeClient
    let path: StripePath
    let query: FormBody
    let credentials: StripeCredentials

    /// Stripe's largest.
    private static var pageSize: Int { 100 }

    /// One page, for who has pages of their own.
    ///
    /// - Parameters:
    ///   - limit: at most 100.
    ///   - after: the last id of the page before.
    package func page(limit: Int, after: String? = nil) async throws(StripeError) -> StripeList<Element> {
        var query = query
        query.set("limit", .number(limit))
        query.set("starting_after", after.map(FormValue.text))
        return try await client.get(path, query: query, as: credentials)
    }

    package func makeAsyncIterator() -> AsyncIterator {
        var query = query
        if !query.fields.contains(where: { $0.name == "limit" }) { query.set("limit", .number(Self.pageSize)) }
        return AsyncIterator(client: client, path: path, query: query, credentials: credentials)
    }

    package struct AsyncIterator: AsyncIteratorProtocol {
        let client: StripeClient
        let path: StripePath
        var query: FormBody
        let credentials: StripeCredentials
        /// What is left of the page, the next one last.
        private var page: [Element] = []
        private var hasMore = true
        private var cursor: String?

        init(client: StripeClient, path: StripePath, query: FormBody, credentials: StripeCredentials) {
            self.client = client
            self.path = path
            self.query = query
            self.credentials = credentials
        }

        package mutating func next(isolation actor: isolated (any Actor)?) async throws(StripeError) -> Element? {
            if page.isEmpty, hasMore { try await turn() }
            return page.popLast()
        }

        private mutating func turn() async throws(StripeError) {
            query.set("starting_after", cursor.map(FormValue.text))
            let list: StripeList<Element> = try await client.get(path, query: query, as: credentials)
            guard let last = list.data.last else {
                hasMore = false
                return
            }
            guard last.id != cursor else {
                throw StripeError(
                    .unreadable(status: 200), "GET \(path.template) was answered with the same page again.")
            }
            cursor = last.id
            hasMore = list.hasMore
            page = list.data.reversed()
        }
    }
}
