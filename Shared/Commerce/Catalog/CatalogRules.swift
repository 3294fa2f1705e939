/// What a catalog's fields and a cart must be like.
enum CatalogRules {
    /// A cart longer than this is a mistake or an attack, and would not fit what Stripe keeps of it either.
    static let largestCart = 100
    static let quantities: ClosedRange<Int64> = 1...999

    static func sku(_ value: String, _ param: String) throws(CommerceError) -> String {
        guard !value.isEmpty else { throw .missing(param, "\(param) must not be empty.") }
        guard isSKU(value) else {
            throw .invalid(param, "\(param) must be 1 to 64 letters, digits, dots, underscores or dashes.")
        }
        return value
    }

    static func isSKU(_ value: String) -> Bool {
        (1...64).contains(value.utf8.count)
            && value.utf8.allSatisfy { isBase62($0) || [0x2d, 0x2e, 0x5f].contains($0) }
    }

    /// Shown on pages, so only by https or from where the page itself came.
    static func image(_ value: String?) throws(CommerceError) -> String? {
        guard let value = try FieldRules.optionalText(value, "image", limit: 2048) else { return nil }
        guard let address = WebAddress(try FieldRules.word(value, "image", limit: 2048)), !address.hasUserInfo else {
            throw .invalid("image", "image must be an http:// or https:// address.")
        }
        return value
    }
}
