/// What shall change about what a subscription costs, or about its cycle: the same for an update and for its preview.
struct SubscriptionChange: Sendable {
    struct Item: Sendable {
        /// The item to be changed; nil for a new one.
        var id: String?
        var price: Record?
        var quantity: Int64?
        var isDeleted = false
        /// Nil leaves it.
        var metadata: JSON?
        /// Where it stood in the call.
        var place: String
    }

    enum Prorations: String, Sendable {
        /// Credits and charges wait for the next invoice.
        case create = "create_prorations"
        /// They are billed at once.
        case invoice = "always_invoice"
        /// There are none.
        case none
    }

    var items: [Item] = []
    var prorations = Prorations.create
    /// Seconds since 1970; nil is now.
    var prorationDate: Int64?
    /// A new end of the trial; now or a time before it ends the trial.
    var trialEnd: Int64?
    /// Whether the cycle begins anew, now.
    var resetsAnchor = false

    init() {}

    /// - Parameters:
    ///   - sent: the parameters of an update, or `subscription_details` of a preview.
    ///   - prefix: where they stood in the call.
    init(_ sent: JSON, _ transaction: Transaction, param prefix: String? = nil) throws(StripeFailure) {
        func name(_ field: String) -> String { prefix.map { "\($0)[\(field)]" } ?? field }
        for (index, item) in sent["items"].elements.enumerated() {
            items.append(
                try Item(item, transaction, at: prefix.map { "\($0)[items][\(index)]" } ?? "items[\(index)]"))
        }
        prorations = sent["proration_behavior"].string.flatMap(Prorations.init(rawValue:)) ?? .create
        prorationDate = sent["proration_date"].int
        trialEnd = try Self.time(sent["trial_end"], now: transaction.now, param: name("trial_end"))
        let anchor = sent["billing_cycle_anchor"]
        guard anchor["type"] != "timestamp" else {
            throw .invalid(
                "This sandbox does not support a `billing_cycle_anchor` at a time.",
                param: name("billing_cycle_anchor"))
        }
        resetsAnchor = anchor["type"] == "now"
    }

    /// A time, or the word `now`; nil when it was not sent.
    static func time(_ sent: JSON, now: Int64, param: String) throws(StripeFailure) -> Int64? {
        guard let text = sent.string else { return nil }
        if text == "now" { return now }
        guard let time = Int64(text), time >= now else {
            throw .invalid("Invalid timestamp: it must be an integer Unix timestamp in the future.", param: param)
        }
        return time
    }
}

extension SubscriptionChange.Item {
    /// - Parameter place: where it stood in the call: `items[0]`.
    init(_ sent: JSON, _ transaction: Transaction, at place: String) throws(StripeFailure) {
        self.init(place: place)
        for name in ["billing_thresholds", "current_trial", "tax_rates", "discounts", "clear_usage", "plan"]
        where !sent[name].isNull {
            throw .invalid("This sandbox does not support `\(name)` of an item.", param: "\(place)[\(name)]")
        }
        id = sent["id"].string
        isDeleted = sent["deleted"].isTrue
        quantity = sent["quantity"].int
        if let quantity, quantity < 0 {
            throw .invalid(
                "This value must be greater than or equal to 0.", code: "parameter_invalid_integer",
                param: "\(place)[quantity]")
        }
        if sent.has("metadata") {
            metadata = try Metadata.merged(nil, isSent: true, sent["metadata"])
        }
        let data = sent["price_data"]
        if let named = sent["price"].string {
            guard data.isNull else {
                throw .invalid(
                    "You may only specify one of these parameters: price, price_data.", param: "\(place)[price_data]")
            }
            price = try transaction.activePrice(named, param: "\(place)[price]")
        } else if !data.isNull {
            let product = try transaction.product(data["product"].string ?? "", param: "\(place)[price_data][product]")
            price = try transaction.makePrice(
                of: data, product: product.id, param: "\(place)[price_data]", active: false)
        }
    }
}
