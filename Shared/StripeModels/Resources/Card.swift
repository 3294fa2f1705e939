/// What of a card may leave Stripe: enough for its holder to recognise it, not more.
package struct Card: Decodable, Hashable, Sendable {
    /// `visa`, `mastercard`, `amex`, …
    package let brand: String?
    package let last4: String?
    package let expMonth: Int?
    package let expYear: Int?

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.fields()
        brand = try fields.optional("brand")
        last4 = try fields.optional("last4")
        expMonth = try fields.optional("exp_month")
        expYear = try fields.optional("exp_year")
    }
}
