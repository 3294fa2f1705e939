package import Security

/// A tenant to be made. `TenantStore.create` checks every field.
package struct NewTenant: Sendable {
    package var name: String
    package var livemode: Bool
    package var stripeSecretKey: Secret
    package var stripePublishableKey: String
    package var stripeAccount: String?
    package var fulfillmentURL: String?
    package var origins: [String]
    package var platformAccount: String?
    package var applicationFeeBps: Int64?
    package var stripeRate: Int64?
    package var emailFrom: String?
    package var emailName: String?
    /// The signing secrets of its webhook endpoint that are known already.
    package var webhookSecrets: [Secret]

    package init(
        name: String, livemode: Bool = false, stripeSecretKey: Secret, stripePublishableKey: String,
        stripeAccount: String? = nil, fulfillmentURL: String? = nil, origins: [String] = [],
        webhookSecrets: [Secret] = []
    ) {
        self.name = name
        self.livemode = livemode
        self.stripeSecretKey = stripeSecretKey
        self.stripePublishableKey = stripePublishableKey
        self.stripeAccount = stripeAccount
        self.fulfillmentURL = fulfillmentURL
        self.origins = origins
        self.webhookSecrets = webhookSecrets
    }
}

/// A new tenant with all that is shown once.
package struct CreatedTenant: Sendable {
    package let tenant: Tenant
    package let endpoint: WebhookEndpointID
    package let fulfillmentSecret: Secret
    package let secretKey: IssuedAPIKey
    package let publishableKey: IssuedAPIKey
}

/// What happens to a field that may also be taken away.
package enum FieldChange<Value: Sendable>: Sendable {
    case keep
    case set(Value)
    case clear

    /// The value after the change of `old`.
    package func applied(to old: Value?) -> Value? {
        switch self {
        case .keep: old
        case .set(let value): value
        case .clear: nil
        }
    }
}

/// Changes of a tenant's settings; what is not named stays. A tenant never changes its mode: its orders, its keys and
/// its endpoint belong to the one it was made in.
package struct TenantUpdate: Sendable {
    package var name: String?
    package var stripeSecretKey: Secret?
    package var stripePublishableKey: String?
    package var stripeAccount: FieldChange<String> = .keep
    /// Anything but `.keep` also enables a destination that was disabled by a 410.
    package var fulfillmentURL: FieldChange<String> = .keep
    package var origins: [String]?
    package var platformAccount: FieldChange<String> = .keep
    package var applicationFeeBps: FieldChange<Int64> = .keep
    package var stripeRate: FieldChange<Int64> = .keep
    package var emailFrom: FieldChange<String> = .keep
    package var emailName: FieldChange<String> = .keep

    package init() {}
}
