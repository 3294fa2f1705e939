import StripeModels

/// `POST /v1/checkout/sessions`.
enum CheckoutCreation {
    @Sendable static func create(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        let mode = try CheckoutRules.check(call, transaction)
        let id = (call.scope.livemode ? "cs_live_" : "cs_test_") + Identifier.random(58)
        let expires = try CheckoutRules.expiry(call, now: transaction.now)
        var session = Record(
            kind: .checkoutSession, id: id, sequence: transaction.world.nextSequence(),
            body: blank(id, mode, expires, call, now: transaction.now), hidden: data(call))
        session["metadata"] = try Metadata.merged(nil, with: call)
        if let customer = call["customer"].string {
            session["customer_details"] = CheckoutRules.details(of: try transaction.customer(customer).body)
        } else if let email = call["customer_email"].string {
            session["customer_details"] = CheckoutRules.details(of: ["email": .string(email)])
        }
        switch mode {
        case .setup:
            session["currency"] = call["currency"]
            session["payment_status"] = "no_payment_required"
            session["setup_intent"] = .string(try setupIntent(for: session, call, transaction).id)
        case .payment, .subscription:
            try CheckoutItems.add(call, to: &session, mode, transaction)
        }
        session["payment_method_types"] = .array(
            try CheckoutRules.paymentMethodTypes(
                call, mode, currency: session["currency"].string,
                debits: transaction.world.billingRules.offersDebits))
        transaction.put(session)
        transaction.appoint(.expireCheckout, id, in: .seconds(expires - transaction.now))
        return session.body
    }

    /// In setup mode the intent is there from the start.
    private static func setupIntent(
        for session: Record, _ call: Call, _ transaction: Transaction
    ) throws(StripeFailure) -> Record {
        var intent = transaction.newSetupIntent(application: call.application)
        let data = call["setup_intent_data"]
        for name in ["description", "on_behalf_of"] { intent[name] = data[name] }
        intent["metadata"] = try Metadata.merged(nil, isSent: data.has("metadata"), data["metadata"])
        intent["customer"] = call["customer"]
        intent.hidden["checkout_session"] = .string(session.id)
        transaction.put(intent)
        transaction.emit("setup_intent.created", intent.body)
        return intent
    }

    /// What paying will need, and the session does not show.
    private static func data(_ call: Call) -> JSON {
        var hidden: JSON = ["application": call.application]
        for name in ["payment_intent_data", "payment_method_options", "subscription_data", "customer_update"] {
            hidden[name] = call[name]
        }
        return hidden
    }

    private static func blank(
        _ id: String, _ mode: CheckoutMode, _ expires: Int64, _ call: Call, now: Int64
    ) -> JSON {
        let tax = call["automatic_tax"]["enabled"].isTrue
        var body: JSON = [
            "id": .string(id), "object": "checkout.session", "adaptive_pricing": ["enabled": false],
            "after_expiration": nil, "allow_promotion_codes": call["allow_promotion_codes"], "amount_subtotal": nil,
            "amount_total": nil,
            "automatic_tax": [
                "enabled": .bool(tax), "liability": tax ? ["type": "self"] : nil, "provider": tax ? "stripe" : nil,
                "status": tax ? "requires_location_inputs" : nil,
            ],
            "billing_address_collection": call["billing_address_collection"], "cancel_url": call["cancel_url"],
            "client_reference_id": call["client_reference_id"], "client_secret": nil,
            "collected_information": nil, "consent": nil, "consent_collection": nil, "created": .int(now),
            "currency": nil, "currency_conversion": nil, "custom_fields": [],
            "custom_text": [
                "after_submit": nil, "shipping_address": nil, "submit": nil, "terms_of_service_acceptance": nil,
            ],
            "customer": call["customer"], "customer_account": nil,
            "customer_creation": CheckoutRules.customerCreation(call, mode), "customer_details": nil,
            "customer_email": call["customer_email"], "discounts": [], "expires_at": .int(expires),
            "integration_identifier": nil, "invoice": nil,
            "invoice_creation": mode == .payment ? invoiceCreation : nil, "livemode": .bool(call.scope.livemode),
            "locale": call["locale"], "managed_payments": ["enabled": false], "metadata": [:],
            "mode": .string(mode.rawValue), "origin_context": call["origin_context"], "payment_intent": nil,
            "payment_link": nil,
            "payment_method_collection": mode == .subscription
                ? call["payment_method_collection"].string.map(JSON.string) ?? "always" : nil,
            "payment_method_configuration_details": [
                "id": .string("pmc_" + call.scope.account.dropFirst(5)), "parent": nil,
            ],
            "payment_method_options": [
                "card": (["request_three_d_secure": "automatic"] as JSON).merging(
                    call["payment_method_options"]["card"])
            ],
            "payment_method_types": ["card"], "payment_status": "unpaid", "permissions": nil,
            "phone_number_collection": ["enabled": false], "recovered_from": nil,
            "saved_payment_method_options": nil, "setup_intent": nil, "shipping_address_collection": nil,
            "shipping_cost": nil, "shipping_options": [], "status": "open", "submit_type": call["submit_type"],
            "subscription": nil, "success_url": call["success_url"], "total_details": nil, "ui_mode": "hosted_page",
            "url": .string("\(call.baseURL)/c/pay/\(id)"), "wallet_options": nil,
        ]
        if let text = call["custom_text"]["submit"]["message"].string {
            body["custom_text"]["submit"] = ["message": .string(text)]
        }
        return body
    }

    private static let invoiceCreation: JSON = [
        "enabled": false,
        "invoice_data": [
            "account_tax_ids": nil, "custom_fields": nil, "description": nil, "footer": nil, "issuer": nil,
            "metadata": [:], "rendering_options": nil,
        ],
    ]
}

/// What a Checkout Session is for.
enum CheckoutMode: String, Sendable, CaseIterable {
    case payment
    case setup
    case subscription
}
