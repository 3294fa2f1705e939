import Commerce
import ServiceRuntime
import StripeClient
import StripeModels

extension StripeAccess {
    /// A page of one of Stripe's lists, without what is somebody else's: where an account has several tenants, one of
    /// our pages may take several of Stripe's.
    /// - Parameter ours: which of a page's elements are this tenant's.
    func page<Element: StripeResource>(
        _ wanted: PageRequest, of list: @escaping @Sendable (StripeCredentials) -> StripePages<Element>,
        ours: ([Element]) async throws -> [Element]
    ) async throws -> Page<Element> {
        var found: [Element] = []
        var (size, cursor) = (wanted.limit, wanted.startingAfter)
        while true {
            let page = try await call { [size, cursor] credentials in
                try await list(credentials).page(limit: size, after: cursor)
            }
            found += try await ours(page.data)
            guard found.count < wanted.limit, page.hasMore, let last = page.data.last, last.id != cursor else {
                let hasMore = page.hasMore || found.count > wanted.limit
                return Page(data: Array(found.prefix(wanted.limit)), hasMore: hasMore)
            }
            // Stripe's largest.
            (size, cursor) = (100, last.id)
        }
    }

    /// Elements that do not say that they are another tenant's.
    func unmarked<Element>(_ elements: [Element], _ metadata: (Element) -> [String: String]) -> [Element] {
        elements.filter { !StripeMark.isForeign(metadata($0), to: scope.tenant) }
    }
}
