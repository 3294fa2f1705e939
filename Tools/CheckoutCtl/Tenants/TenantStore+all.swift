import Commerce
import Messaging

extension TenantStore {
    /// Every tenant, the newest first.
    func all() async throws -> [Tenant] {
        var all: [Tenant] = []
        var hasMore = true
        while hasMore {
            let page = try await list(PageRequest(limit: 1000, startingAfter: all.last?.id.rawValue, maximum: 1000))
            all += page.data
            hasMore = page.hasMore
        }
        return all
    }
}
