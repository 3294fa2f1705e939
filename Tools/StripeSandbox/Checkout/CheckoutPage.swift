import StripeModels

/// What the hosted page shows of a session.
struct CheckoutPage: Sendable {
    let isComplete: Bool
    let successURL: String
    private let session: Record
    private let items: [JSON]
    private let prices: [Record]
    private let merchant: String
    private let promotionCode: String?
    private let trialEnd: Int64?
    private let problem: String?

    init?(_ id: String, _ transaction: Transaction) {
        guard let session = transaction.record(.checkoutSession, id) else { return nil }
        self.session = session
        isComplete = session["status"] == "complete"
        successURL = session.successURL
        items = transaction.checkoutItems(of: session)
        prices = items.compactMap { transaction.record(.price, $0["price"]["id"].string ?? "") }
        let account = transaction.world.platforms[transaction.scope]
            .flatMap { transaction.world.record(transaction.scope.account, in: $0) }
        merchant = account?["business_profile"]["name"].string ?? "A shop in the sandbox"
        promotionCode = transaction.discount(on: session).map {
            $0.promotionCode?["code"].string ?? $0.coupon["name"].string ?? $0.coupon.id
        }
        let data = session.hidden["subscription_data"]
        trialEnd = data["trial_end"].int ?? data["trial_period_days"].int.map { transaction.now + $0 * 24 * 60 * 60 }
        let intent = session.hidden["intent"].string.flatMap {
            transaction.record(.paymentIntent, $0) ?? transaction.record(.setupIntent, $0)
        }
        problem = Self.problem(intent?["last_payment_error"] ?? nil) ?? Self.problem(intent?["last_setup_error"] ?? nil)
    }

    private static func problem(_ error: JSON) -> String? {
        guard error["code"].string?.hasSuffix("authentication_failure") ?? false else { return error["message"].string }
        return
            "We are unable to authenticate your payment method. Please choose a different payment method and try again."
    }

    static var unknown: [String: Any] { ["over": ["title": "Something went wrong", "text": "There is no such page."]] }

    var values: [String: Any] {
        var values: [String: Any] = ["id": session.id, "merchant": merchant]
        if let url = session["cancel_url"].string { values["cancel_url"] = url }
        switch session["status"].string {
        case "complete":
            values["over"] = [
                "title": "You're all done here", "text": "This payment was completed already. You can close this page.",
            ]
        case "expired":
            values["over"] = [
                "title": "This page has expired",
                "text": "Nothing was paid. Go back to \(merchant) to start again.",
            ]
        default: values["open"] = openValues
        }
        return values
    }

    private var openValues: [String: Any] {
        var values: [String: Any] = ["title": title, "button": button, "items": items.map(row)]
        if let total = session["amount_total"].int { values["total"] = money(total) }
        if let discount = session["total_details"]["amount_discount"].int, discount > 0 {
            values["discount"] = [
                "name": promotionCode ?? "", "amount": "−" + money(discount),
                "removable": session["allow_promotion_codes"].isTrue,
            ]
        } else if session["allow_promotion_codes"].isTrue {
            values["codes"] = true
        }
        if session["total_details"].isNull == false, !items.isEmpty {
            values["subtotal"] = money(session["amount_subtotal"].int ?? 0)
        }
        if session["automatic_tax"]["enabled"].isTrue { values["tax"] = money(0) }
        if let recurrence { values["recurrence"] = recurrence }
        if let problem { values["problem"] = problem }
        if let email = session["customer_email"].string ?? session["customer_details"]["email"].string {
            values["email"] = email
        }
        if let text = session["custom_text"]["submit"]["message"].string { values["note"] = text }
        if needsMethod { values["method"] = methods }
        return values
    }

    private func row(_ item: JSON) -> [String: Any] {
        var row: [String: Any] = [
            "description": item["description"].string ?? "", "quantity": "\(item["quantity"].int ?? 1)",
            "amount": money(item["amount_subtotal"].int ?? 0),
        ]
        if let each = item["price"]["unit_amount"].int {
            row["each"] = money(each) + Self.rhythm(item["price"]["recurring"])
        }
        return row
    }

    private func money(_ amount: Int64) -> String {
        Currency(rawValue: session["currency"].string ?? "").format(amount)
    }

    /// ` per month`, ` every 3 months`
    private static func rhythm(_ recurring: JSON) -> String {
        guard let interval = recurring["interval"].string else { return "" }
        let count = recurring["interval_count"].int ?? 1
        return count == 1 ? " per \(interval)" : " every \(count) \(interval)s"
    }

    private var mode: CheckoutMode { session["mode"].string.flatMap(CheckoutMode.init(rawValue:)) ?? .payment }

    /// Today's total is nothing, and nothing follows that would have to be paid without asking.
    private var needsMethod: Bool {
        switch mode {
        case .setup: true
        case .payment: session["amount_total"].int != 0
        case .subscription:
            session["amount_total"].int != 0 || session["payment_method_collection"] != "if_required"
        }
    }

    private var title: String {
        switch mode {
        case .payment: "Pay \(merchant)"
        case .setup: "Save a payment method with \(merchant)"
        case .subscription: trialEnd == nil ? "Subscribe to \(merchant)" : "Try \(merchant)"
        }
    }

    private var button: String {
        let total = session["amount_total"].int ?? 0
        switch mode {
        case .setup: return "Save"
        case .subscription: return trialEnd == nil ? "Subscribe" : "Start trial"
        case .payment:
            let verb = ["book": "Book", "donate": "Donate", "subscribe": "Subscribe"][
                session["submit_type"].string ?? ""]
            guard total > 0 else { return "Complete order" }
            return "\(verb ?? "Pay") \(money(total))"
        }
    }

    /// What comes after today.
    private var recurrence: String? {
        guard mode == .subscription, let first = prices.first else { return nil }
        let sum = zip(items, prices).reduce(0) { $0 + ($1.0["quantity"].int ?? 1) * ($1.1["unit_amount"].int ?? 0) }
        let each = money(sum) + Self.rhythm(first["recurring"])
        guard trialEnd != nil else { return "\(each), until you cancel" }
        let days = session.hidden["subscription_data"]["trial_period_days"].int
        return (days.map { $0 == 1 ? "1 day free" : "\($0) days free" } ?? "Free trial") + ", then \(each)"
    }

    private var methods: [String: Any] {
        let types = session["payment_method_types"].elements.compactMap(\.string)
        let names = ["card": "Card", "us_bank_account": "US bank account", "sepa_debit": "SEPA debit"]
        var values: [String: Any] = [:]
        for (index, type) in types.enumerated() {
            values[type] = ["name": names[type] ?? type, "first": index == 0] as [String: Any]
        }
        if types.count > 1 { values["choice"] = true } else { values["only"] = types.first }
        return values
    }
}

extension Transaction {
    /// The buyer types a promotion code, or takes it back.
    func use(code: String?, in session: Record) throws(StripeFailure) {
        guard session["status"] == "open" else { throw .checkoutIsOver(session) }
        guard session["allow_promotion_codes"].isTrue else {
            throw .impossible("This session takes no promotion codes.", param: "code")
        }
        var session = session
        guard let code else {
            try setDiscounts([], on: &session)
            return put(session)
        }
        guard let known = activeCode(code, customer: session["customer"]) else {
            throw .impossible("This code is invalid.", code: "promotion_code_invalid", param: "code")
        }
        try setDiscounts([], on: &session)
        let discount = try discount(
            known, param: "code", customer: session["customer"], amount: session["amount_subtotal"].int ?? 0,
            currency: session["currency"].string ?? "")
        put(discount, on: &session)
        put(session)
    }
}
