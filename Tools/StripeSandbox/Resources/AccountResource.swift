import OrderedCollections

/// The account itself, and the accounts that a platform connects.
enum AccountResource {
    static let routes: [Route] = [
        Route(.get, "/v1/account") { call, transaction throws(StripeFailure) in
            own(call, transaction)
        },
        Route(.post, "/v1/accounts", create),
        Route(.get, "/v1/accounts") { call, transaction throws(StripeFailure) in
            try Listing.page(of: .account, call, transaction)
        },
        Route(.get, "/v1/accounts/:id") { call, transaction throws(StripeFailure) in
            call.id == call.scope.account ? own(call, transaction) : try connected(call, transaction).body
        },
        Route(.post, "/v1/accounts/:id") { call, transaction throws(StripeFailure) in
            var account = try connected(call, transaction)
            try apply(call, to: &account.body)
            transaction.put(account)
            transaction.emit("account.updated", account.body)
            return account.body
        },
        Route(.delete, "/v1/accounts/:id") { call, transaction throws(StripeFailure) in
            let account = try connected(call, transaction)
            transaction.remove(account.id)
            return ["id": .string(account.id), "object": "account", "deleted": true]
        },
    ]

    @Sendable private static func create(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        let id = "acct_1" + Identifier.random(15)
        var body = blank(
            id: id, type: call["type"].string ?? "none", country: call["country"].string ?? "US", transaction.now)
        try apply(call, to: &body)
        transaction.insert(.account, id: id, body)
        transaction.world.open(AccountScope(account: id, livemode: call.scope.livemode))
        return body
    }

    private static func own(_ call: Call, _ transaction: Transaction) -> JSON {
        // A connected account that looks at itself finds what its platform keeps.
        if let platform = transaction.world.platforms[call.scope],
            let account = transaction.world.record(call.scope.account, in: platform)
        {
            return account.body
        }
        return blank(id: call.scope.account, type: "standard", country: "US", 1_500_000_000)
    }

    private static func connected(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> Record {
        guard let account = transaction.record(.account, call.id) else {
            throw .noAccess(call.key, to: call.id)
        }
        return account
    }

    private static func apply(_ call: Call, to body: inout JSON) throws(StripeFailure) {
        for name in ["business_type", "default_currency", "email"] where call.isSent(name) { body[name] = call[name] }
        for name in ["business_profile", "controller"] where call.isSent(name) { body[name].merge(call[name]) }
        for (name, value) in call["capabilities"].fields where value["requested"] == "true" {
            body["capabilities"][name] = "active"
        }
        body["metadata"] = try Metadata.merged(body["metadata"], with: call)
    }

    private static func blank(id: String, type: String, country: String, _ created: Int64) -> JSON {
        let nothingDue: JSON = [
            "alternatives": [], "current_deadline": nil, "currently_due": [], "disabled_reason": nil, "errors": [],
            "eventually_due": [], "past_due": [], "pending_verification": [],
        ]
        return [
            "id": .string(id), "object": "account",
            "business_profile": [
                "annual_revenue": nil, "estimated_worker_count": nil, "mcc": nil,
                "minority_owned_business_designation": nil, "name": nil, "product_description": nil,
                "support_address": nil, "support_email": nil, "support_phone": nil, "support_url": nil, "url": nil,
            ],
            "business_type": nil, "capabilities": ["card_payments": "active", "transfers": "active"],
            "charges_enabled": true, "controller": ["type": "account"], "country": .string(country),
            "created": .int(created), "default_currency": "usd", "details_submitted": true, "email": nil,
            "external_accounts": [
                "object": "list", "data": [], "has_more": false, "url": .string("/v1/accounts/\(id)/external_accounts"),
            ],
            "future_requirements": nothingDue, "metadata": [:], "payouts_enabled": true, "requirements": nothingDue,
            "settings": [
                "bacs_debit_payments": ["display_name": nil, "service_user_number": nil],
                "card_issuing": ["tos_acceptance": ["date": nil, "ip": nil]],
                "invoices": ["default_account_tax_ids": nil, "hosted_payment_method_save": nil],
                "sepa_debit_payments": [:],
                "branding": ["icon": nil, "logo": nil, "primary_color": nil, "secondary_color": nil],
                "card_payments": [
                    "decline_on": ["avs_failure": false, "cvc_failure": false], "statement_descriptor_prefix": nil,
                    "statement_descriptor_prefix_kana": nil, "statement_descriptor_prefix_kanji": nil,
                ],
                "dashboard": ["display_name": nil, "timezone": "Etc/UTC"],
                "payments": [
                    "statement_descriptor": nil, "statement_descriptor_kana": nil, "statement_descriptor_kanji": nil,
                    "statement_descriptor_prefix_kana": nil, "statement_descriptor_prefix_kanji": nil,
                ],
                "payouts": [
                    "debit_negative_balances": true, "schedule": ["delay_days": 2, "interval": "daily"],
                    "statement_descriptor": nil,
                ],
            ],
            "tos_acceptance": ["date": nil, "ip": nil, "user_agent": nil], "type": .string(type),
        ]
    }
}
