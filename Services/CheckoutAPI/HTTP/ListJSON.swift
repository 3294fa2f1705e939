import Commerce

/// A page of a list, as Stripe writes one.
struct ListJSON<Element: Encodable>: Encodable {
    let object = "list"
    let data: [Element]
    let hasMore: Bool

    init(_ data: [Element], hasMore: Bool = false) {
        self.data = data
        self.hasMore = hasMore
    }

    private enum CodingKeys: String, CodingKey {
        case object, data
        case hasMore = "has_more"
    }
}
