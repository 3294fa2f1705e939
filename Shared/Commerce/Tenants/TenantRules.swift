import Security

/// What a tenant's settings must be like. Errors name the field and the mend, and never echo a key.
enum TenantRules {
    static func name(_ value: String) throws(CommerceError) -> String {
        try FieldRules.text(value, "name", limit: 200)
    }

    /// Stripe: "API keys": secret `sk_`, restricted `rk_`, then the mode.
    static func stripeSecretKey(_ key: Secret, livemode: Bool) throws(CommerceError) -> Secret {
        try check(key.exposed, "stripe_secret_key", kinds: ["sk", "rk"], livemode: livemode)
        return key
    }

    static func stripePublishableKey(_ key: String, livemode: Bool) throws(CommerceError) -> String {
        try check(key, "stripe_publishable_key", kinds: ["pk"], livemode: livemode)
        return key
    }

    /// A test key in a live tenant would take orders that nobody pays for, and a live key in a test tenant would charge
    /// real cards: neither is ever stored.
    private static func check(
        _ key: String, _ param: String, kinds: [String], livemode: Bool
    ) throws(CommerceError) {
        let wanted = kinds.map { "\($0)_\(livemode ? "live" : "test")_" }
        if wanted.contains(where: { key.hasPrefix($0) && key.utf8.count > $0.utf8.count }) {
            _ = try FieldRules.word(key, param)
            return
        }
        let names = wanted.map { "\($0)…" }.joined(separator: " or ")
        let other = kinds.map { "\($0)_\(livemode ? "test" : "live")_" }
        if other.contains(where: key.hasPrefix) {
            throw CommerceError(
                .invalid, .modeMismatch,
                """
                \(param) is a \(livemode ? "test" : "live") key, but the tenant is in \(livemode ? "live" : "test") mode: \
                give \(names), or make a tenant in the other mode.
                """, param: param)
        }
        throw .invalid(param, "\(param) must be one of Stripe's keys that begin with \(names).")
    }

    static func stripeAccount(
        _ value: String?, _ param: String = "stripe_account"
    ) throws(CommerceError) -> String? {
        guard let value else { return nil }
        let id = try FieldRules.word(value, param)
        guard id.hasPrefix("acct_"), id.utf8.count > 5 else {
            throw .invalid(param, "\(param) must be an account's id at Stripe, acct_….")
        }
        return id
    }

    static func applicationFee(_ value: Int64?) throws(CommerceError) -> Int64? {
        guard let value, !(0...10_000).contains(value) else { return value }
        throw .invalid(
            "application_fee_bps", "application_fee_bps must be from 0 to 10000 hundredths of a percent (250 is 2.5 %)."
        )
    }

    static func stripeRate(_ value: Int64?) throws(CommerceError) -> Int64? {
        guard let value, !(1...1000).contains(value) else { return value }
        throw .invalid("stripe_rate", "stripe_rate must be from 1 to 1000 calls a second.")
    }

    /// It stands in a header: one line.
    static func emailName(_ value: String?) throws(CommerceError) -> String? {
        guard let name = try FieldRules.optionalText(value, "email_name", limit: 100) else { return nil }
        guard name.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
            throw .invalid("email_name", "email_name must be one line of text.")
        }
        return name
    }

    /// Only the form is checked here. Whether the address may be reached is asked at every delivery, for names change
    /// their addresses.
    static func fulfillmentURL(_ value: String?) throws(CommerceError) -> String? {
        guard let value else { return nil }
        let url = try FieldRules.word(value, "fulfillment_url", limit: 2048)
        guard let parts = WebAddress(url), !parts.hasUserInfo, !parts.hasFragment else {
            throw .invalid(
                "fulfillment_url",
                "fulfillment_url must be an http:// or https:// address without a user name or a fragment.")
        }
        return url
    }

    /// Each in the form in which browsers send it, once.
    static func origins(_ values: [String]) throws(CommerceError) -> [String] {
        guard values.count <= 50 else { throw .invalid("origins", "origins must have at most 50 entries.") }
        var result: [String] = []
        for (index, value) in values.enumerated() {
            let param = "origins[\(index)]"
            guard let parts = WebAddress(try FieldRules.word(value, param)), let origin = parts.origin else {
                throw .invalid(param, "\(param) must be an origin without a path, like https://shop.example.")
            }
            if !result.contains(origin) { result.append(origin) }
        }
        return result
    }

    /// The whole `whsec_…` text is the key, so only its form is looked at.
    static func webhookSecret(_ secret: Secret, _ param: String = "webhook_secret") throws(CommerceError) -> Secret {
        let text = try FieldRules.word(secret.exposed, param)
        guard text.hasPrefix("whsec_"), text.utf8.count >= 14 else {
            throw .invalid(param, "\(param) must be a webhook signing secret of Stripe's, whsec_….")
        }
        return secret
    }
}
