/// `billing_details` with every field that Stripe answers.
enum BillingDetails {
    static func whole(_ sent: JSON, over kept: JSON) -> JSON {
        var details: JSON = [
            "address": Address.whole(sent["address"].isNull ? kept["address"] : sent["address"])
        ]
        for name in ["email", "name", "phone", "tax_id"] {
            details[name] = sent.has(name) ? sent[name] : kept[name]
        }
        return details
    }
}

/// An address with every field that Stripe answers.
enum Address {
    static func whole(_ sent: JSON) -> JSON {
        var address: JSON = [:]
        for name in ["city", "country", "line1", "line2", "postal_code", "state"] { address[name] = sent[name] }
        return address
    }
}
