import Security

/// A tenant's settings after they passed the rules.
struct TenantSettings {
    let name: String
    let stripeAccount: String?
    let stripePublishableKey: String
    let fulfillmentURL: String?
    let origins: [String]
    /// nil in an update: the stored one stays.
    let stripeSecretKey: Secret?

    init(_ new: NewTenant) throws(CommerceError) {
        name = try TenantRules.name(new.name)
        stripeSecretKey = try TenantRules.stripeSecretKey(new.stripeSecretKey, livemode: new.livemode)
        stripePublishableKey = try TenantRules.stripePublishableKey(new.stripePublishableKey, livemode: new.livemode)
        stripeAccount = try TenantRules.stripeAccount(new.stripeAccount)
        fulfillmentURL = try TenantRules.fulfillmentURL(new.fulfillmentURL)
        origins = try TenantRules.origins(new.origins)
    }

    init(_ update: TenantUpdate, of old: Tenant) throws(CommerceError) {
        name = try TenantRules.name(update.name ?? old.name)
        stripeAccount = try TenantRules.stripeAccount(update.stripeAccount.applied(to: old.stripeAccount))
        stripePublishableKey = try TenantRules.stripePublishableKey(
            update.stripePublishableKey ?? old.stripePublishableKey, livemode: old.livemode)
        fulfillmentURL = try TenantRules.fulfillmentURL(update.fulfillmentURL.applied(to: old.fulfillmentURL))
        origins = try TenantRules.origins(update.origins ?? old.origins)
        if let key = update.stripeSecretKey {
            stripeSecretKey = try TenantRules.stripeSecretKey(key, livemode: old.livemode)
        } else {
            stripeSecretKey = nil
        }
    }
}
