import Security

/// A tenant's settings after they passed the rules.
struct TenantSettings {
    let name: String
    let stripeAccount: String?
    let stripePublishableKey: String
    let fulfillmentURL: String?
    let origins: [String]
    let platformAccount: String?
    let applicationFeeBps: Int64?
    let stripeRate: Int64?
    let emailFrom: String?
    let emailName: String?
    /// nil in an update: the stored one stays.
    let stripeSecretKey: Secret?

    init(_ new: NewTenant) throws(CommerceError) {
        name = try TenantRules.name(new.name)
        stripeSecretKey = try TenantRules.stripeSecretKey(new.stripeSecretKey, livemode: new.livemode)
        stripePublishableKey = try TenantRules.stripePublishableKey(new.stripePublishableKey, livemode: new.livemode)
        stripeAccount = try TenantRules.stripeAccount(new.stripeAccount)
        fulfillmentURL = try TenantRules.fulfillmentURL(new.fulfillmentURL)
        origins = try TenantRules.origins(new.origins)
        platformAccount = try TenantRules.stripeAccount(new.platformAccount, "platform_account")
        applicationFeeBps = try TenantRules.applicationFee(new.applicationFeeBps)
        stripeRate = try TenantRules.stripeRate(new.stripeRate)
        emailFrom = try FieldRules.email(new.emailFrom, "email_from")
        emailName = try TenantRules.emailName(new.emailName)
    }

    init(_ update: TenantUpdate, of old: Tenant) throws(CommerceError) {
        name = try TenantRules.name(update.name ?? old.name)
        stripeAccount = try TenantRules.stripeAccount(update.stripeAccount.applied(to: old.stripeAccount))
        stripePublishableKey = try TenantRules.stripePublishableKey(
            update.stripePublishableKey ?? old.stripePublishableKey, livemode: old.livemode)
        fulfillmentURL = try TenantRules.fulfillmentURL(update.fulfillmentURL.applied(to: old.fulfillmentURL))
        origins = try TenantRules.origins(update.origins ?? old.origins)
        platformAccount = try TenantRules.stripeAccount(
            update.platformAccount.applied(to: old.platformAccount), "platform_account")
        applicationFeeBps = try TenantRules.applicationFee(update.applicationFeeBps.applied(to: old.applicationFeeBps))
        stripeRate = try TenantRules.stripeRate(update.stripeRate.applied(to: old.stripeRate))
        emailFrom = try FieldRules.email(update.emailFrom.applied(to: old.emailFrom), "email_from")
        emailName = try TenantRules.emailName(update.emailName.applied(to: old.emailName))
        if let key = update.stripeSecretKey {
            stripeSecretKey = try TenantRules.stripeSecretKey(key, livemode: old.livemode)
        } else {
            stripeSecretKey = nil
        }
    }
}
