import OrderedCollections

/// What an event looks like to an endpoint that was made before 2025-03-31 (basil): invoices, subscriptions and payments
/// point at one another from other places.
struct LegacyShape {
    let world: World
    let scope: AccountScope

    static func isWanted(by version: String) -> Bool { version.prefix(10) < "2025-03-31" }

    func rendered(_ event: JSON) -> JSON {
        var event = event
        event["data"]["object"] = object(event["data"]["object"])
        if event["data"].has("previous_attributes") {
            event["data"]["previous_attributes"] = previous(event["data"]["previous_attributes"], event)
        }
        return event
    }

    private func object(_ object: JSON) -> JSON {
        switch object["object"].string {
        case "subscription": subscription(object)
        case "invoice": invoice(object)
        case "payment_intent": object.merging(["invoice": invoice(ofIntent: object["id"])])
        case "charge": object.merging(["invoice": invoice(ofIntent: object["payment_intent"])])
        default: object
        }
    }

    private func subscription(_ subscription: JSON) -> JSON {
        var old = subscription
        old.merge(period(of: subscription["items"]["data"]))
        old["items"]["data"] = .array(subscription["items"]["data"].elements.map(Self.withoutPeriod))
        let first = subscription["items"]["data"].elements.first
        let isOnly = subscription["items"]["data"].elements.count == 1
        old["plan"] = isOnly ? first?["plan"] ?? nil : nil
        old["quantity"] = isOnly ? first?["quantity"] ?? nil : nil
        return old
    }

    private func invoice(_ invoice: JSON) -> JSON {
        var old = invoice
        let details = invoice["parent"]["subscription_details"]
        old.remove("parent")
        old["subscription"] = details["subscription"]
        old["subscription_details"] = details.isNull ? nil : ["metadata": details["metadata"]]
        old["paid"] = .bool(invoice["status"] == "paid")
        old["paid_out_of_band"] = .bool(!invoice["amount_paid_off_stripe"].isNull)
        let kept = world.record(invoice["id"].string ?? "", in: scope)
        let intent = kept?.hidden["intent"] ?? nil
        old["payment_intent"] = intent
        old["charge"] = intent.string.flatMap { world.record($0, in: scope) }?["latest_charge"] ?? nil
        old["tax"] = nil
        old["lines"]["data"] = .array(invoice["lines"]["data"].elements.map(line))
        return old
    }

    private func line(_ line: JSON) -> JSON {
        var old = line
        let item = line["parent"]["subscription_item_details"]
        let details = item.isNull ? line["parent"]["invoice_item_details"] : item
        for name in ["parent", "pricing"] { old.remove(name) }
        old["type"] = details["invoice_item"].isNull ? "subscription" : "invoiceitem"
        old["invoice_item"] = details["invoice_item"]
        old["proration"] = details["proration"]
        old["proration_details"] = details["proration_details"]
        old["subscription"] = details["subscription"]
        old["subscription_item"] = item["subscription_item"]
        let price = line["pricing"]["price_details"]["price"].string.flatMap { world.record($0, in: scope) }
        old["price"] = price?.body ?? nil
        return old
    }

    private func previous(_ previous: JSON, _ event: JSON) -> JSON {
        var old = previous
        if event["data"]["object"]["object"] == "subscription", previous.has("items") {
            let before = period(of: previous["items"]["data"])
            for (name, value) in before.fields where event["data"]["object"][name] != value { old[name] = value }
            old["items"]["data"] = .array(previous["items"]["data"].elements.map(Self.withoutPeriod))
        }
        if event["data"]["object"]["object"] == "invoice", previous.has("status") {
            old["paid"] = .bool(previous["status"] == "paid")
        }
        return old
    }

    private func period(of items: JSON) -> JSON {
        let first = items.elements.first ?? nil
        return [
            "current_period_end": first["current_period_end"], "current_period_start": first["current_period_start"],
        ]
    }

    private static func withoutPeriod(_ item: JSON) -> JSON {
        var item = item
        for name in ["current_period_end", "current_period_start"] { item.remove(name) }
        return item
    }

    private func invoice(ofIntent id: JSON) -> JSON {
        id.string.flatMap { world.record($0, in: scope) }?.hidden["invoice"] ?? nil
    }
}
