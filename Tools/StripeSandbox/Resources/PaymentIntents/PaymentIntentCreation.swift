import StripeModels

/// `POST /v1/payment_intents`.
enum PaymentIntentCreation {
    @Sendable static func create(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        let (amount, currency) = try money(call)
        try IntentParameters.check(call, amount: amount)
        let isConfirmed = call["confirm"].isTrue
        if !isConfirmed {
            for name in ["off_session", "return_url", "error_on_requires_action"] where call.isSent(name) {
                throw .invalid(
                    "You must set `confirm` to `true` when `\(name)` is provided.", code: "parameter_missing",
                    param: "confirm")
            }
        }
        let automatic = call["automatic_payment_methods"]
        let redirects = automatic["allow_redirects"].string ?? "always"
        var intent = transaction.newPaymentIntent(
            amount, currency, application: call.application,
            redirects: automatic.isNull || automatic["enabled"].isTrue ? redirects : nil)
        try IntentParameters.apply(call, to: &intent, transaction)
        transaction.put(intent)
        transaction.emit("payment_intent.created", intent.body)
        guard isConfirmed else { return intent.body }
        return try transaction.confirm(intent, Confirmation(call))
    }

    private static func money(_ call: Call) throws(StripeFailure) -> (Int64, Currency) {
        do throws(AmountError) {
            let currency = try Currency(validating: call["currency"].string ?? "")
            let amount = call["amount"].int ?? 0
            try currency.checkCharge(amount)
            return (amount, currency)
        } catch {
            throw .wrongMoney(error)
        }
    }
}

extension Transaction {
    /// The intent before anything that was asked for is put on it.
    /// - Parameter redirects: `allow_redirects` of automatic payment methods; nil without these.
    func newPaymentIntent(
        _ amount: Int64, _ currency: Currency, application: JSON, redirects: String? = "always"
    ) -> Record {
        let id = Identifier.new(.paymentIntent)
        let body: JSON = [
            "id": .string(id), "object": "payment_intent", "allowed_payment_method_types": nil, "amount": .int(amount),
            "amount_capturable": 0,
            "amount_details": ["tip": [:]], "amount_received": 0, "application": application,
            "application_fee_amount": nil,
            "automatic_payment_methods": redirects.map { ["allow_redirects": .string($0), "enabled": true] } ?? nil,
            "canceled_at": nil, "cancellation_reason": nil, "capture_method": "automatic_async",
            "client_secret": .string("\(id)_secret_\(Identifier.random(25))"), "confirmation_method": "automatic",
            "created": .int(now), "currency": .string(currency.rawValue), "customer": nil,
            "customer_account": nil, "description": nil, "excluded_payment_method_types": nil,
            "last_payment_error": nil, "latest_charge": nil, "livemode": .bool(scope.livemode),
            "managed_payments": ["enabled": false], "metadata": [:], "next_action": nil, "on_behalf_of": nil,
            "payment_method": nil,
            "payment_method_configuration_details": redirects == nil
                ? nil : ["id": .string("pmc_" + scope.account.dropFirst(5)), "parent": nil],
            "payment_method_options": [
                "card": [
                    "installments": nil, "mandate_options": nil, "network": nil, "request_three_d_secure": "automatic",
                ]
            ],
            "payment_method_types": .array(PaymentMethodTypes.taken(in: currency.rawValue)), "processing": nil,
            "receipt_email": nil, "review": nil,
            "setup_future_usage": nil, "shipping": nil, "source": nil, "statement_descriptor": nil,
            "statement_descriptor_suffix": nil, "status": "requires_payment_method", "transfer_data": nil,
            "transfer_group": nil,
        ]
        return insert(.paymentIntent, id: id, body)
    }
}

extension StripeFailure {
    /// An amount or a currency that Stripe would not take.
    static func wrongMoney(_ error: AmountError) -> Self {
        .invalid(error.message, code: error.code == "invalid_currency" ? nil : error.code, param: error.param)
    }
}
