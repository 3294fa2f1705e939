import StripeModels

/// The items of a session, and what they come to.
enum CheckoutItems {
    /// Puts the items of a call on a new session.
    static func add(
        _ call: Call, to session: inout Record, _ mode: CheckoutMode, _ transaction: Transaction
    ) throws(StripeFailure) {
        let sent = call["line_items"].elements
        guard !sent.isEmpty else { throw .missing("line_items") }
        guard sent.count <= 100 else {
            throw .invalid("You may specify up to 100 line items.", param: "line_items")
        }
        var items: [JSON] = []
        for (index, item) in sent.enumerated() {
            items.append(try Self.item(item, at: "line_items[\(index)]", mode, transaction))
        }
        let prices = items.compactMap { transaction.record(.price, $0["price"].string ?? "") }
        if mode == .payment, prices.contains(where: { $0["type"] == "recurring" }) {
            throw .impossible(
                "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only "
                    + "one-time prices.", param: "line_items")
        }
        if mode == .subscription {
            guard prices.contains(where: { $0["type"] == "recurring" }) else {
                throw .impossible(
                    "You must provide at least one recurring price in `subscription` mode when using prices.",
                    param: "line_items")
            }
            guard prices.allSatisfy({ $0["type"] == "recurring" }) else {
                throw .impossible(
                    "This sandbox supports only recurring prices in `subscription` mode.", param: "line_items")
            }
        }
        let currencies = Set(prices.compactMap { $0["currency"].string })
        guard currencies.count == 1, let currency = currencies.first else {
            throw .impossible(
                "All line items must have the same currency: found \(currencies.sorted().joined(separator: ", ")).",
                param: "line_items")
        }
        guard call["currency"].isNull || call["currency"].string?.lowercased() == currency else {
            throw .impossible("The `currency` must be that of the prices: \(currency).", param: "currency")
        }
        session["currency"] = .string(currency)
        session.hidden["items"] = .array(items)
        try transaction.setDiscounts(call["discounts"], on: &session)
        try checkTotal(session, mode)
    }

    private static func checkTotal(_ session: Record, _ mode: CheckoutMode) throws(StripeFailure) {
        guard mode == .payment, let total = session["amount_total"].int, total > 0 else { return }
        do throws(AmountError) {
            try Currency(rawValue: session["currency"].string ?? "").checkCharge(total)
        } catch {
            throw .impossible(
                "The Checkout Session's total amount cannot be charged: \(error.message)", code: error.code,
                param: "line_items")
        }
    }

    private static func item(
        _ sent: JSON, at place: String, _ mode: CheckoutMode, _ transaction: Transaction
    ) throws(StripeFailure) -> JSON {
        guard sent["tax_rates"].elements.isEmpty else {
            throw .invalid("This sandbox does not support tax rates.", param: "\(place)[tax_rates]")
        }
        let quantity = sent["quantity"].int ?? 0
        guard sent.has("quantity") else { throw .missing("\(place)[quantity]") }
        guard (1...999_999).contains(quantity) else {
            throw .invalid(
                "This value must be between 1 and 999999.", code: "parameter_invalid_integer",
                param: "\(place)[quantity]")
        }
        let price = try price(sent, at: place, transaction)
        let product = transaction.record(.product, price["product"].string ?? "")
        let adjustable = sent["adjustable_quantity"]
        return [
            "id": .string("li_" + Identifier.random(24)), "price": .string(price.id), "quantity": .int(quantity),
            "description": product?["name"] ?? nil, "metadata": sent["metadata"].isNull ? [:] : sent["metadata"],
            "adjustable_quantity": adjustable.isNull
                ? nil
                : [
                    "enabled": adjustable["enabled"], "maximum": adjustable["maximum"],
                    "minimum": adjustable["minimum"],
                ],
        ]
    }

    private static func price(
        _ sent: JSON, at place: String, _ transaction: Transaction
    ) throws(StripeFailure) -> Record {
        let data = sent["price_data"]
        if let id = sent["price"].string {
            guard data.isNull else {
                throw .invalid(
                    "You may only specify one of these parameters: price, price_data.", param: "\(place)[price_data]")
            }
            return try transaction.activePrice(id, param: "\(place)[price]")
        }
        guard !data.isNull else { throw .missing("\(place)[price]") }
        let param = "\(place)[price_data]"
        let described = data["product_data"]
        guard data["product"].isNull != described.isNull else {
            throw .invalid(
                "You must specify either `product` or `product_data` when using `price_data`.",
                param: "\(param)[product]")
        }
        let product: Record
        if let id = data["product"].string {
            product = try transaction.product(id, param: "\(param)[product]")
        } else {
            // What is made for one session is not for sale elsewhere.
            product = try transaction.makeProduct(of: described, param: "\(param)[product_data]", active: false)
        }
        return try transaction.makePrice(of: data, product: product.id, param: param, active: false)
    }
}

extension Transaction {
    /// Puts a discount on a session, or takes it away, and reckons anew.
    func setDiscounts(_ sent: JSON, on session: inout Record) throws(StripeFailure) {
        guard sent.elements.count <= 1 else {
            throw .invalid("You may specify up to 1 discount.", param: "discounts")
        }
        session["discounts"] = []
        reckon(&session)
        guard let wanted = sent.elements.first else { return }
        let discount = try discount(
            wanted, param: "discounts[0]", customer: session["customer"],
            amount: session["amount_subtotal"].int ?? 0, currency: session["currency"].string ?? "")
        put(discount, on: &session)
    }

    func put(_ discount: AppliedDiscount, on session: inout Record) {
        session["discounts"] = [
            [
                "coupon": discount.promotionCode == nil ? .string(discount.coupon.id) : nil,
                "promotion_code": JSON(discount.promotionCode?.id),
            ]
        ]
        reckon(&session)
    }

    /// What is cheaper in a session, by the coupon as it stands now.
    func discount(on session: Record) -> AppliedDiscount? {
        guard let discount = session["discounts"].elements.first else { return nil }
        let code = discount["promotion_code"].string.flatMap { record(.promotionCode, $0) }
        let id = code?["promotion"]["coupon"].string ?? discount["coupon"].string ?? ""
        return record(.coupon, id).map { AppliedDiscount(coupon: $0, promotionCode: code) }
    }

    /// Whether a subscription begins with days that cost nothing.
    func hasTrial(_ session: Record) -> Bool {
        let data = session.hidden["subscription_data"]
        return data["trial_period_days"].int != nil || (data["trial_end"].int ?? 0) > now
    }

    /// Sums the items: what is due today, so nothing in a trial.
    private func reckon(_ session: inout Record) {
        let items = checkoutItems(of: session)
        func sum(_ name: String) -> Int64 { items.reduce(0) { $0 + ($1[name].int ?? 0) } }
        session["amount_subtotal"] = .int(sum("amount_subtotal"))
        session["amount_total"] = .int(sum("amount_total"))
        session["total_details"] = [
            "amount_discount": .int(sum("amount_discount")), "amount_shipping": 0, "amount_tax": 0,
        ]
        session["payment_status"] = sum("amount_total") == 0 ? "no_payment_required" : "unpaid"
    }

    /// The items as Stripe shows them. No taxes: here they are always nought.
    func checkoutItems(of session: Record) -> [JSON] {
        let items = session.hidden["items"].elements
        let isFree = hasTrial(session)
        let prices = items.map { record(.price, $0["price"].string ?? "") }
        let amounts = zip(items, prices).map { item, price in
            let amount = isFree ? 0 : (price?["unit_amount"].int ?? 0) * (item["quantity"].int ?? 0)
            return (amount: amount, product: price?["product"].string ?? "")
        }
        let off =
            discount(on: session)?.shares(of: amounts, currency: session["currency"].string ?? "")
            ?? items.map { _ in 0 }
        return items.indices.map { index in
            let (item, amount) = (items[index], amounts[index].amount)
            return [
                "id": item["id"], "object": "item", "adjustable_quantity": item["adjustable_quantity"],
                "amount_discount": .int(off[index]), "amount_subtotal": .int(amount), "amount_tax": 0,
                "amount_total": .int(amount - off[index]), "currency": session["currency"],
                "description": item["description"], "metadata": item["metadata"],
                "price": prices[index]?.body ?? nil, "quantity": item["quantity"],
            ]
        }
    }
}
