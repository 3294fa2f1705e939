import Crypto

extension Transaction {
    /// Makes a payment method of a bank account, of the parameters of `POST /v1/payment_methods` or of
    /// `payment_method_data`.
    /// - Parameter name: how the call named a field, for a refusal.
    func makeBankAccount(
        _ kind: TestBankAccount.Kind, of sent: JSON, _ name: (String) -> String
    ) throws(StripeFailure) -> Record {
        let given = sent[kind.rawValue]
        guard !given.isNull else { throw .missing(name(kind.rawValue)) }
        let field = kind == .sepaDebit ? "iban" : "account_number"
        guard let number = given[field].string else { throw .missing(name("\(kind.rawValue)[\(field)]")) }
        if kind == .usBankAccount, given["routing_number"].isNull {
            throw .missing(name("\(kind.rawValue)[routing_number]"))
        }
        for needed in kind == .sepaDebit ? ["name", "email"] : ["name"] where sent["billing_details"][needed].isNull {
            throw .missing(name("billing_details[\(needed)]"))
        }
        guard let account = TestBankAccount.numbered(number, kind: kind) else {
            throw .invalid(
                "Invalid \(field): this sandbox knows the bank accounts of Stripe's tests only.",
                code: kind == .sepaDebit ? "invalid_bank_account_iban" : "account_number_invalid",
                param: name("\(kind.rawValue)[\(field)]"))
        }
        let metadata = try Metadata.merged(nil, isSent: sent.has("metadata"), sent["metadata"])
        return makeBankAccount(account, given, billing: sent["billing_details"], metadata: metadata)
    }

    func makeBankAccount(_ account: TestBankAccount, _ given: JSON, billing: JSON, metadata: JSON) -> Record {
        let id = Identifier.new(.paymentMethod)
        let body: JSON = [
            "id": .string(id), "object": "payment_method", "allow_redisplay": "unspecified",
            "billing_details": BillingDetails.whole(billing, over: [:]), "created": .int(now), "customer": nil,
            "customer_account": nil, "livemode": .bool(scope.livemode), "metadata": metadata,
            "type": .string(account.kind.rawValue), account.kind.rawValue: account.details(given, scope: scope),
        ]
        return insert(.paymentMethod, id: id, body, hidden: CardBehaviour.settlesLater(account.outcome).stored)
    }
}

extension TestBankAccount {
    /// `us_bank_account` or `sepa_debit` of a payment method.
    fileprivate func details(_ given: JSON, scope: AccountScope) -> JSON {
        let fingerprint = Identifier.base62(SHA256.hash(data: Array("\(scope) \(number)".utf8)).prefix(16))
        switch kind {
        case .usBankAccount:
            return [
                "account_holder_type": given["account_holder_type"].string.map(JSON.string) ?? "individual",
                "account_type": given["account_type"].string.map(JSON.string) ?? "checking",
                "bank_name": "STRIPE TEST BANK", "financial_connections_account": nil,
                "fingerprint": .string(fingerprint), "last4": .string(last4),
                "networks": ["preferred": "ach", "supported": ["ach"]],
                "routing_number": given["routing_number"].string.map(JSON.string) ?? "110000000",
                "status_details": nil,
            ]
        case .sepaDebit:
            return [
                "bank_code": .string(String(number.dropFirst(4).prefix(8))), "branch_code": "",
                "country": .string(String(number.prefix(2))), "fingerprint": .string(fingerprint),
                "generated_from": ["charge": nil, "setup_attempt": nil], "last4": .string(last4),
            ]
        }
    }
}
