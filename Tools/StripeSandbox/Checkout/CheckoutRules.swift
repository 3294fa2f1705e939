/// What `POST /v1/checkout/sessions` takes together, and what not.
enum CheckoutRules {
    /// What would ask something of the buyer, or add to what is paid, and this page does not do.
    private static let unsupported = [
        "after_expiration", "consent_collection", "custom_fields", "name_collection", "optional_items",
        "payment_method_configuration", "permissions", "shipping_address_collection", "shipping_options",
    ]
    /// The same, where it is switched on.
    private static let unsupportedWhenEnabled = [
        "adaptive_pricing", "invoice_creation", "managed_payments", "phone_number_collection", "tax_id_collection",
    ]

    /// Everything that needs no look at the items.
    static func check(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> CheckoutMode {
        guard let mode = call["mode"].string.flatMap(CheckoutMode.init(rawValue:)) else { throw .missing("mode") }
        try checkPage(call)
        for name in unsupported where !call[name].isNull { throw notHere(name) }
        for name in unsupportedWhenEnabled where call[name]["enabled"].isTrue { throw notHere("\(name)[enabled]") }
        if call["billing_address_collection"] == "required" { throw notHere("billing_address_collection") }
        for (name, owner) in [
            ("payment_intent_data", CheckoutMode.payment), ("submit_type", .payment), ("setup_intent_data", .setup),
            ("subscription_data", .subscription), ("payment_method_collection", .subscription),
        ] where !call[name].isNull && mode != owner {
            throw .invalid("You can not pass `\(name)` in `\(mode.rawValue)` mode.", param: name)
        }
        for name in ["line_items", "discounts", "allow_promotion_codes"] where mode == .setup && !call[name].isNull {
            throw .invalid("You can not pass `\(name)` in `setup` mode.", param: name)
        }
        try checkCustomer(call, mode, transaction)
        try checkPayment(call, mode)
        return mode
    }

    private static func notHere(_ name: String) -> StripeFailure {
        .invalid("This sandbox does not support `\(name)`.", param: name)
    }

    private static func checkPage(_ call: Call) throws(StripeFailure) {
        guard call["ui_mode"].isNull || call["ui_mode"] == "hosted_page" else {
            throw .invalid("This sandbox supports the `ui_mode` `hosted_page` only.", param: "ui_mode")
        }
        for name in ["return_url", "redirect_on_completion"] where call.isSent(name) {
            throw .invalid("You can not pass `\(name)` when `ui_mode` is `hosted_page`.", param: name)
        }
        guard !call["success_url"].isNull else { throw .missing("success_url") }
        for name in ["success_url", "cancel_url"] {
            guard let url = call[name].string else { continue }
            guard url.hasPrefix("https://") || url.hasPrefix("http://"), !url.contains(" ") else {
                throw .invalid(
                    "Not a valid URL: an explicit scheme (such as https) must be provided.", code: "url_invalid",
                    param: name)
            }
        }
        if let reference = call["client_reference_id"].string, reference.count > 200 {
            throw .invalid("`client_reference_id` may have up to 200 characters.", param: "client_reference_id")
        }
    }

    private static func checkCustomer(
        _ call: Call, _ mode: CheckoutMode, _ transaction: Transaction
    ) throws(StripeFailure) {
        for name in ["customer_email", "customer_creation"] where !call["customer"].isNull && !call[name].isNull {
            throw .invalid("You may only specify one of these parameters: customer, \(name).", param: name)
        }
        if let email = call["customer_email"].string, !email.contains("@") {
            throw .invalid("Invalid email address: \(email)", code: "email_invalid", param: "customer_email")
        }
        if mode == .subscription, !call["customer_creation"].isNull {
            throw .invalid(
                "`customer_creation` can only be used in `payment` and `setup` mode.", param: "customer_creation")
        }
        guard let id = call["customer"].string else {
            if !call["customer_update"].isNull {
                throw .invalid("`customer_update` can only be used with `customer`.", param: "customer_update")
            }
            return
        }
        let customer = try transaction.customer(id)
        // Stripe: taxes are reckoned by the address, so there must be one, or the buyer's must be taken over.
        if call["automatic_tax"]["enabled"].isTrue, call["customer_update"]["address"] != "auto",
            customer["address"].isNull, customer["shipping"].isNull
        {
            throw .impossible(
                "Automatic tax calculation in Checkout requires a valid address on the Customer. Add a valid address to the "
                    + "Customer or set either `customer_update[address]` to 'auto' or `customer_update[shipping]` to 'auto' "
                    + "to save the address entered in Checkout to the Customer.",
                code: "customer_tax_location_invalid", param: "automatic_tax[enabled]")
        }
    }

    private static func checkPayment(_ call: Call, _ mode: CheckoutMode) throws(StripeFailure) {
        try PaymentMethodTypes.check(call)
        if mode == .setup, call["currency"].isNull, call["allowed_payment_method_types"].isNull {
            throw .missing("currency")
        }
        if !call["allow_promotion_codes"].isNull, !call["discounts"].elements.isEmpty {
            throw .invalid(
                "You may only specify one of these parameters: allow_promotion_codes, discounts.",
                param: "allow_promotion_codes")
        }
        let fees = [
            ("payment_intent_data", "application_fee_amount"), ("subscription_data", "application_fee_percent"),
        ]
        for (data, name) in fees where !call[data][name].isNull && call.scope == call.key.scope {
            guard call[data]["transfer_data"].isNull, call[data]["on_behalf_of"].isNull else { continue }
            throw .invalid(
                "Can only apply an \(name) when the payment is a direct payment (using an OAuth key or Stripe-Account "
                    + "header) or destination payment (using `transfer_data[destination]`).", param: "\(data)[\(name)]")
        }
        let subscription = call["subscription_data"]
        if let days = subscription["trial_period_days"].int {
            guard (1...730).contains(days) else {
                throw .invalid(
                    "The `trial_period_days` must be between 1 and 730.", code: "parameter_invalid_integer",
                    param: "subscription_data[trial_period_days]")
            }
            guard subscription["trial_end"].isNull else {
                throw .invalid(
                    "You may only specify one of these parameters: trial_end, trial_period_days.",
                    param: "subscription_data[trial_end]")
            }
        }
        for name in [
            "billing_cycle_anchor_config", "default_tax_rates", "pending_invoice_item_interval", "transfer_data",
        ]
        where !subscription[name].isNull { throw notHere("subscription_data[\(name)]") }
    }

    /// Stripe: 30 minutes to 24 hours from now.
    static func expiry(_ call: Call, now: Int64) throws(StripeFailure) -> Int64 {
        guard let wanted = call["expires_at"].int else { return now + 24 * 60 * 60 }
        // A caller's clock, and the time a call takes, may be a little off.
        guard wanted >= now + 30 * 60 - 60 else {
            throw .invalid(
                "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.",
                param: "expires_at")
        }
        guard wanted <= now + 24 * 60 * 60 + 60 else {
            throw .invalid(
                "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
                param: "expires_at")
        }
        return wanted
    }

    static func customerCreation(_ call: Call, _ mode: CheckoutMode) -> JSON {
        guard call["customer"].isNull else { return nil }
        switch mode {
        case .payment, .setup: return call["customer_creation"].string.map(JSON.string) ?? "if_required"
        case .subscription: return "always"
        }
    }

    /// What may be paid with: cards, and bank debits where they are named.
    ///
    /// Stripe shows those that the account has switched on; here nobody waits for a bank without having asked for it.
    /// - Parameter debits: whether the account has switched them on.
    static func paymentMethodTypes(
        _ call: Call, _ mode: CheckoutMode, currency: String?, debits: Bool
    ) throws(StripeFailure) -> [JSON] {
        let name = "allowed_payment_method_types"
        var types = PaymentMethodTypes.taken(
            in: currency, allowed: call[name].isNull && !debits ? ["card"] : call[name],
            excluded: call["excluded_payment_method_types"])
        // An invoice is not paid by bank debits here.
        if mode == .subscription { types = types.filter { $0 == "card" } }
        guard !types.isEmpty else {
            throw .invalid(
                "None of the payment methods can be used in `\(mode.rawValue)` mode with this currency.", param: name)
        }
        return types
    }

    /// `customer_details`, of a customer or of what the buyer has typed.
    static func details(of customer: JSON) -> JSON {
        [
            "address": customer["address"].isNull ? nil : Address.whole(customer["address"]), "business_name": nil,
            "email": customer["email"], "individual_name": nil, "name": customer["name"], "phone": customer["phone"],
            "tax_exempt": customer["tax_exempt"].isNull ? "none" : customer["tax_exempt"], "tax_ids": nil,
        ]
    }
}
