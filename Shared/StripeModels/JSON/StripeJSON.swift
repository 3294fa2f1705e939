import FoundationEssentials

/// Reads Stripe's JSON. Hostile bytes (invalid UTF-8, deep nesting, absurd numbers) end in an error, never in a trap.
package enum StripeJSON {
    /// Reads `bytes` as `type`. The size of `bytes` is the caller's to bound.
    package static func decode<T: Decodable>(_ type: T.Type, from bytes: [UInt8]) throws(StripeJSONError) -> T {
        try JSONShape.check(bytes)
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            throw StripeJSONError(error)
        }
    }
}
