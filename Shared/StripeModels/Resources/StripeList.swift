/// One page of a list.
package struct StripeList<Element: Decodable & Sendable>: Decodable, Sendable {
    package let data: [Element]
    /// More pages follow; the next one starts after the last element's id.
    package let hasMore: Bool

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.fields(of: "list")
        data = try fields.required("data")
        hasMore = try fields.optional("has_more") ?? false
    }
}
