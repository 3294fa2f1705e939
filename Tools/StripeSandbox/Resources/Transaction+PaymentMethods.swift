extension Transaction {
    func paymentMethod(_ id: String, param: String = "payment_method") throws(StripeFailure) -> Record {
        guard let method = record(.paymentMethod, id) else {
            throw noSuch("PaymentMethod", id, param: param)
        }
        return method
    }

    /// The payment method that a call names to charge or attach: one of the books, or a fresh one for a test token.
    func usablePaymentMethod(_ id: String, param: String) throws(StripeFailure) -> Record {
        if let card = TestCard.named(id) {
            return makeCard(card, expires: nil, cvcGiven: true, billing: [:], metadata: [:])
        }
        if let account = TestBankAccount.named(id) {
            return makeBankAccount(account, [:], billing: ["name": "Test Buyer"], metadata: [:])
        }
        guard let method = record(.paymentMethod, id) else {
            var failure = noSuch("PaymentMethod", id, param: param)
            failure.status = 400
            throw failure
        }
        guard !method.hidden["used_up"].isTrue else {
            throw .impossible(
                "This PaymentMethod was previously used without being attached to a Customer or was detached from a "
                    + "Customer, and may not be used again.", param: param)
        }
        return method
    }

    /// Makes a payment method of what a call sent: the parameters of `POST /v1/payment_methods`, or those of
    /// `payment_method_data`.
    func makePaymentMethod(of sent: JSON, param prefix: String?) throws(StripeFailure) -> Record {
        func name(_ field: String) -> String {
            guard let prefix else { return field }
            let path = field.split(separator: "[", maxSplits: 1)
            return path.count == 2 ? "\(prefix)[\(path[0])][\(path[1])" : "\(prefix)[\(field)]"
        }
        guard let type = sent["type"].string else { throw .missing(name("type")) }
        if let kind = TestBankAccount.Kind(rawValue: type) { return try makeBankAccount(kind, of: sent, name) }
        guard type == "card" else {
            throw .impossible(
                "The payment method type provided: \(type) is invalid. This sandbox takes card, us_bank_account and "
                    + "sepa_debit.", param: name("type"))
        }
        let card = sent["card"]
        guard !card.isNull else { throw .missing(name("card")) }
        let metadata = try Metadata.merged(nil, isSent: sent.has("metadata"), sent["metadata"])
        let billing = sent["billing_details"]
        if let token = card["token"].string {
            guard let known = TestCard.token(token) else { throw noSuch("token", token, param: name("card[token]")) }
            return makeCard(known, expires: nil, cvcGiven: true, billing: billing, metadata: metadata)
        }
        let number = (card["number"].string ?? "").filter { $0 != " " && $0 != "-" }
        guard !number.isEmpty else { throw .missing(name("card[number]")) }
        guard let known = TestCard.numbered(number) else { throw .wrongNumber(param: name("card[number]")) }
        let expires = try CardExpiry(card, now: now, month: name("card[exp_month]"), year: name("card[exp_year]"))
        if let cvc = card["cvc"].string, !(3...4).contains(cvc.count) || !cvc.allSatisfy(\.isNumber) {
            throw .card("Your card's security code is invalid.", code: "invalid_cvc", param: name("card[cvc]"))
        }
        return makeCard(
            known, expires: expires, cvcGiven: !card["cvc"].isNull, billing: billing, metadata: metadata)
    }

    private func makeCard(
        _ card: TestCard, expires: CardExpiry?, cvcGiven: Bool, billing: JSON, metadata: JSON
    ) -> Record {
        let expires = expires ?? CardExpiry(inYearsFrom: now)
        let id = Identifier.new(.paymentMethod)
        let body: JSON = [
            "id": .string(id), "object": "payment_method", "allow_redisplay": "unspecified",
            "billing_details": BillingDetails.whole(billing, over: [:]),
            "card": card.details(expires, scope: scope, cvcCheck: cvcGiven ? "unchecked" : nil),
            "created": .int(now), "customer": nil, "customer_account": nil, "livemode": .bool(scope.livemode),
            "metadata": metadata, "type": "card",
        ]
        var hidden = card.behaviour.stored
        // 4000 0000 0000 0341 is the card that can be kept, and fails when it is charged.
        hidden["aftermath"] = JSON(card.aftermath?.rawValue)
        if card.number == "4000000000000341" { hidden["attachable"] = true }
        return insert(.paymentMethod, id: id, body, hidden: hidden)
    }

    func attach(_ method: inout Record, to customer: String) {
        method["customer"] = .string(customer)
        if !method["card"].isNull { method["card"]["checks"]["cvc_check"] = "pass" }
        put(method)
        emit("payment_method.attached", method.body)
    }
}

extension TestCard {
    /// `card` of a payment method.
    func details(_ expires: CardExpiry, scope: AccountScope, cvcCheck: JSON) -> JSON {
        [
            "brand": .string(brand),
            "checks": ["address_line1_check": nil, "address_postal_code_check": nil, "cvc_check": cvcCheck],
            "country": "US", "display_brand": .string(brand == "amex" ? "american_express" : brand),
            "exp_month": .int(expires.month), "exp_year": .int(expires.year),
            "fingerprint": .string(fingerprint(in: scope)), "funding": .string(funding), "generated_from": nil,
            "last4": .string(last4), "networks": ["available": [.string(brand)], "preferred": nil],
            "regulated_status": "unregulated", "three_d_secure_usage": ["supported": true], "wallet": nil,
        ]
    }

    static func token(_ token: String) -> TestCard? {
        token.hasPrefix("tok_") ? named("pm_card_" + token.dropFirst(4)) : nil
    }
}

extension StripeFailure {
    /// A card that cannot be what it says it is; nothing was asked of its bank.
    static func card(_ message: String, code: String, param: String) -> Self {
        Self(status: 402, type: "card_error", code: code, message: message, param: param)
    }

    static func wrongNumber(param: String) -> Self {
        card("Your card number is incorrect.", code: "incorrect_number", param: param)
    }
}
