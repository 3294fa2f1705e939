/// A Stripe account, the one a key belongs to or one connected to it.
package struct Account: StripeResource {
    package static let objectName = "account"

    package let id: String
    package let country: String?
    package let defaultCurrency: Currency?
    package let displayName: String?
    /// It may take payments. Stripe says so only of accounts that the key may look at closely.
    package let chargesEnabled: Bool?
    package let payoutsEnabled: Bool?

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.fields(of: Self.objectName)
        id = try fields.required("id")
        country = try fields.optional("country")
        defaultCurrency = try fields.optional("default_currency")
        displayName =
            fields.object("settings")?.object("dashboard")?.readable("display_name")
            ?? fields.object("business_profile")?.readable("name")
        chargesEnabled = try fields.optional("charges_enabled")
        payoutsEnabled = try fields.optional("payouts_enabled")
    }
}
