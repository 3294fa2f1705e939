/// Which part of a list is wanted: `limit` and `starting_after`, as Stripe's lists take them.
package struct PageRequest: Sendable, Hashable {
    package let limit: Int
    /// The id of the last row of the page before.
    package let startingAfter: String?

    /// - Parameter maximum: 100 for storefronts, 1000 for the operator.
    /// - Throws: `.invalid` with param `limit` or `starting_after`.
    package init(limit: Int? = nil, startingAfter: String? = nil, maximum: Int = 100) throws(CommerceError) {
        guard (1...maximum).contains(limit ?? 10) else {
            throw .invalid("limit", "limit must be from 1 to \(maximum).")
        }
        guard startingAfter.map(Self.isCursor) ?? true else {
            throw .invalid("starting_after", "starting_after must be the id of the last row of the page before.")
        }
        self.limit = limit ?? 10
        self.startingAfter = startingAfter
    }

    private static func isCursor(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count) && !text.utf8.contains(0)
    }
}

/// A part of a list, and whether more follows it.
package struct Page<Element: Sendable>: Sendable {
    package let data: [Element]
    package let hasMore: Bool

    package init(data: [Element], hasMore: Bool) {
        self.data = data
        self.hasMore = hasMore
    }

    /// From up to `limit + 1` rows: the one too many only tells that there is more.
    init(_ rows: [Element], limit: Int) {
        self.init(data: Array(rows.prefix(limit)), hasMore: rows.count > limit)
    }
}
