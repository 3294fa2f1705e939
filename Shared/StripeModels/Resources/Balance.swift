/// What an account has at Stripe, one amount a currency. Amounts of different currencies are never summed.
package struct Balance: Decodable, Hashable, Sendable {
    /// May be paid out.
    package let available: [Money]
    /// Not yet settled.
    package let pending: [Money]
    package let livemode: Bool

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.fields(of: "balance")
        available = try fields.required("available")
        pending = try fields.optional("pending") ?? []
        livemode = try fields.required("livemode")
    }
}
