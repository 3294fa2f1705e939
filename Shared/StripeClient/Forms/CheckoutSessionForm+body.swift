import StripeModels

extension CheckoutSessionForm {
    var body: FormBody {
        var fields: [(String, FormValue?)] = [
            ("mode", .text(modeName)),
            ("ui_mode", "hosted_page"),
            ("success_url", .text(successURL)),
            ("cancel_url", cancelURL.map(FormValue.text)),
            ("line_items", lineItems.isEmpty ? nil : .list(lineItems.map(\.form))),
            ("customer", customer.map(FormValue.text)),
            ("customer_email", customerEmail.map(FormValue.text)),
            ("customer_creation", createsCustomer ? "always" : nil),
            ("client_reference_id", clientReferenceID.map(FormValue.text)),
            ("metadata", .map(metadata)),
            ("allow_promotion_codes", allowsPromotionCodes ? true : nil),
            ("automatic_tax", automaticTax ? ["enabled": true] : nil),
            // Stripe: "Collect taxes for existing customers": the address typed in has to be kept for the tax.
            ("customer_update", automaticTax && customer != nil ? ["address": "auto"] : nil),
            ("expires_at", expiresAt.map { .number($0) }),
            ("currency", currency.map { .text($0.rawValue) }),
        ]
        switch mode {
        case .payment(let payment): fields.append(("payment_intent_data", payment.form))
        case .setup(let setup): fields.append(("setup_intent_data", setup.form))
        case .subscription(let subscription):
            fields.append(("payment_method_collection", subscription.trialNeedsNoPaymentMethod ? "if_required" : nil))
            fields.append(("subscription_data", subscription.form))
        }
        return FormBody(fields)
    }

    private var modeName: String {
        switch mode {
        case .payment: "payment"
        case .subscription: "subscription"
        case .setup: "setup"
        }
    }
}

extension CheckoutSessionForm.Payment {
    fileprivate var form: FormValue? {
        .unlessEmpty([
            "application_fee_amount": applicationFee.map { .number($0) },
            "capture_method": captureMethod.map { .text($0.name) },
            "description": description.map(FormValue.text),
            "metadata": .map(metadata),
            "receipt_email": receiptEmail.map(FormValue.text),
            "setup_future_usage": setupFutureUsage.map { .text($0.rawValue) },
        ])
    }
}

extension CheckoutSessionForm.Subscription {
    fileprivate var form: FormValue? {
        .unlessEmpty([
            "application_fee_percent": applicationFeeBasisPoints.map(Self.percent),
            "description": description.map(FormValue.text),
            "metadata": .map(metadata),
            "trial_period_days": trialDays.map { .number($0) },
            "trial_settings": trialNeedsNoPaymentMethod
                ? ["end_behavior": ["missing_payment_method": "cancel"]] : nil,
        ])
    }

    /// `2.5` for 250, with no rounding in between.
    private static func percent(basisPoints: Int64) -> FormValue {
        let hundredths = basisPoints % 100
        let fraction = hundredths % 10 == 0 ? "\(hundredths / 10)" : (hundredths < 10 ? "0" : "") + "\(hundredths)"
        return .text("\(basisPoints / 100)" + (hundredths == 0 ? "" : "." + fraction))
    }
}

extension CheckoutSessionForm.Setup {
    fileprivate var form: FormValue? {
        .unlessEmpty(["description": description.map(FormValue.text), "metadata": .map(metadata)])
    }
}
