extension Record {
    /// `payment_method_details` of a charge that this payment method pays.
    func detailsWhenCharged(_ amount: JSON) -> JSON {
        let type = self["type"].string ?? "card"
        let details =
            switch TestBankAccount.Kind(rawValue: type) {
            case nil: cardWhenCharged(amount)
            case .usBankAccount:
                bankAccountWhenCharged(["account_holder_type", "account_type", "bank_name", "routing_number"])
                    .merging(["payment_reference": nil])
            case .sepaDebit: bankAccountWhenCharged(["bank_code", "branch_code", "country"])
            }
        return [type: details, "type": .string(type)]
    }

    private func bankAccountWhenCharged(_ names: [String]) -> JSON {
        let account = self[self["type"].string ?? ""]
        var details: JSON = ["expected_debit_date": nil, "mandate": nil]
        for name in ["fingerprint", "last4"] + names { details[name] = account[name] }
        return details
    }

    private func cardWhenCharged(_ amount: JSON) -> JSON {
        let card = self["card"]
        var checks = card["checks"]
        if !checks["cvc_check"].isNull { checks["cvc_check"] = "pass" }
        return [
            "amount_authorized": amount, "authorization_code": .string(Identifier.random(6)), "brand": card["brand"],
            "checks": checks, "country": card["country"], "exp_month": card["exp_month"],
            "exp_year": card["exp_year"], "extended_authorization": ["status": "disabled"],
            "fingerprint": card["fingerprint"], "funding": card["funding"],
            "incremental_authorization": ["status": "unavailable"], "installments": nil, "last4": card["last4"],
            "mandate": nil, "multicapture": ["status": "unavailable"], "network": card["brand"],
            "network_token": ["used": false], "network_transaction_id": .string(Identifier.random(15)),
            "overcapture": ["maximum_amount_capturable": amount, "status": "unavailable"],
            "regulated_status": "unregulated", "three_d_secure": nil, "transaction_link_id": nil, "wallet": nil,
        ]
    }

    /// `payment_method_details` of an attempt to set this payment method up.
    func detailsWhenSetUp(authenticated: Bool) -> JSON {
        let type = self["type"].string ?? "card"
        guard type == "card" else { return [type: [:], "type": .string(type)] }
        let card = self["card"]
        var details: JSON = ["network": card["brand"], "three_d_secure": nil, "wallet": nil]
        for name in ["brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4"] {
            details[name] = card[name]
        }
        if authenticated { details["three_d_secure"] = Self.passedChallenge }
        return ["card": details, "type": "card"]
    }

    /// What a charge or a setup tells of a challenge that the buyer has passed.
    static var passedChallenge: JSON {
        [
            "authentication_flow": "challenge", "electronic_commerce_indicator": "05", "result": "authenticated",
            "result_reason": nil, "transaction_id": .string(Identifier.random(28)), "version": "2.2.0",
        ]
    }
}
