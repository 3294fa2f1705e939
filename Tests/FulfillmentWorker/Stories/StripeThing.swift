import Commerce
import StripeModels

/// An object at Stripe in a state that it is in at some time.
enum StripeThing: Sendable {
    case intent(String, amount: Int64 = 1000)
    case session(String, payment: String, mode: CheckoutMode = .payment)
    case subscription(String, ending: Bool = false)
    case invoice(String, String, isFirst: Bool = false)
    /// Of the PaymentIntent `of`.
    case refund(String, Int64, String, of: String = Telling.own)
    case charge(refunded: Int64, of: String = Telling.own)
    case dispute(String)

    /// Where it is read.
    func path(_ telling: Telling) -> String {
        switch self {
        case .intent: "/v1/payment_intents/\(telling.id("pi"))"
        case .session: "/v1/checkout/sessions/\(telling.id("cs"))"
        case .subscription: "/v1/subscriptions/\(telling.id("sub"))"
        case .invoice(let name, _, _): "/v1/invoices/\(telling.id("in", name))"
        case .refund(let name, _, _, _): "/v1/refunds/\(telling.id("re", name))"
        case .charge(_, let intent): "/v1/charges/\(telling.id("ch", intent))"
        case .dispute: "/v1/disputes/\(telling.id("dp"))"
        }
    }

    /// The PaymentIntent whose refunds it is among.
    func refunded(_ telling: Telling) -> String? {
        if case .refund(_, _, _, let intent) = self { telling.id("pi", intent) } else { nil }
    }

    /// As it is read, or, with `asOf` an old version, as an event of that has it inside.
    func json(_ telling: Telling, isOldVersion: Bool = false) -> String {
        let metadata = #""metadata":{"checkout_order":"\#(telling.order)"},"livemode":false,"created":1795305600"#
        switch self {
        case .intent(let status, let amount):
            let id = telling.id("pi")
            let declined =
                #"{"type":"card_error","code":"card_declined","decline_code":"generic_decline","message":"No."}"#
            return """
                {"id":"\(id)","object":"payment_intent","status":"\(status)","amount":\(amount),"currency":"usd",
                "amount_received":\(status == "succeeded" ? amount : 0),
                "amount_capturable":\(status == "requires_capture" ? amount : 0),"capture_method":"automatic_async",
                "last_payment_error":\(status == "requires_payment_method" ? declined : "null"),
                "latest_charge":"\(telling.id("ch"))",\(metadata)}
                """
        case .session(let status, let payment, let mode):
            func id(_ prefix: String, in wanted: CheckoutMode) -> String {
                status == "complete" && mode == wanted ? "\"\(telling.id(prefix))\"" : "null"
            }
            return """
                {"id":"\(telling.id("cs"))","object":"checkout.session","mode":"\(mode.rawValue)",
                "status":"\(status)","payment_status":"\(payment)","customer":"cus_1",
                "customer_details":{"email":"\(telling.email)"},
                "amount_total":\(mode == .setup ? "null" : payment == "no_payment_required" ? "0" : "900"),"currency":\(mode == .setup ? "null" : "\"usd\""),
                "payment_intent":\(id("pi", in: .payment)),"subscription":\(id("sub", in: .subscription)),
                "setup_intent":\(id("seti", in: .setup)),\(metadata)}
                """
        case .subscription(let status, let isEnding):
            let period = #""current_period_start":1795305600,"current_period_end":1797897600"#
            return """
                {"id":"\(telling.id("sub"))","object":"subscription","status":"\(status)","customer":"cus_1",
                \(isOldVersion ? period + "," : "")"cancel_at_period_end":\(isEnding),"trial_end":1795400000,
                "items":{"object":"list","has_more":false,"data":[{"id":"si_1","object":"subscription_item","quantity":1,
                "price":{"id":"price_1","object":"price","currency":"usd","unit_amount":900,"livemode":false,
                "recurring":{"interval":"month","interval_count":1}}\(isOldVersion ? "" : "," + period)}]},\(metadata)}
                """
        case .invoice(let name, let status, let isFirst): return invoice(name, status, isFirst, telling, isOldVersion)
        case .refund(let name, let amount, let status, let intent):
            return """
                {"id":"\(telling.id("re", name))","object":"refund","amount":\(amount),"currency":"usd",
                "status":"\(status)","charge":"\(telling.id("ch", intent))","created":1795305600,
                "payment_intent":"\(telling.id("pi", intent))","metadata":{}}
                """
        case .charge(let refunded, let intent):
            return """
                {"id":"\(telling.id("ch", intent))","object":"charge","amount":1000,"amount_captured":1000,
                "amount_refunded":\(refunded),"currency":"usd","status":"succeeded","paid":true,"captured":true,
                "refunded":\(refunded >= 1000),"payment_intent":"\(telling.id("pi", intent))","metadata":{},
                "livemode":false,"created":1795305600}
                """
        case .dispute(let status):
            return """
                {"id":"\(telling.id("dp"))","object":"dispute","amount":1000,"currency":"usd","status":"\(status)",
                "reason":"fraudulent","charge":"\(telling.id("ch"))","payment_intent":"\(telling.id("pi"))",
                "metadata":{},"livemode":false,"created":1795305600}
                """
        }
    }

    private func invoice(
        _ name: String, _ status: String, _ isFirst: Bool, _ telling: Telling, _ isOldVersion: Bool
    ) -> String {
        let isPaid = status == "paid"
        let (subscription, intent) = (telling.id("sub"), telling.id("pi", name))
        let named = #""metadata":{"checkout_order":"\#(telling.order)"}"#
        let ours =
            isOldVersion
            ? #""subscription":"\#(subscription)","subscription_details":{\#(named)},"payment_intent":"\#(intent)""#
            : #""parent":{"subscription_details":{"subscription":"\#(subscription)",\#(named)}}"#
        return """
            {"id":"\(telling.id("in", name))","object":"invoice","status":"\(status)","customer":"cus_1",
            "customer_email":"\(telling.email)","currency":"usd","total":900,"amount_due":900,
            "amount_paid":\(isPaid ? 900 : 0),"amount_remaining":\(isPaid ? 0 : 900),"attempt_count":1,
            "billing_reason":"\(isFirst ? "subscription_create" : "subscription_cycle")",
            "hosted_invoice_url":"https://pay.example/\(name)","livemode":false,"created":1795305600,\(ours)}
            """
    }

    /// What an invoice has besides where a reading asks for it.
    func payments(_ telling: Telling) -> String? {
        guard case .invoice(let name, let status, _) = self else { return nil }
        let isPaid = status == "paid"
        return """
            {"object":"list","has_more":false,"data":[{"id":"inpay_1","object":"invoice_payment",
            "status":"\(isPaid ? "paid" : "open")","amount_paid":\(isPaid ? "900" : "null"),"is_default":true,
            "payment":{"type":"payment_intent","payment_intent":"\(telling.id("pi", name))"}}]}
            """
    }
}
