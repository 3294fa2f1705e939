import OrderedCollections

/// Stripe's rules for `metadata`: 50 keys of 40 characters, values of 500; an empty value removes its key.
enum Metadata {
    /// `kept` after a call that sent `sent`: absent leaves it, empty clears it, otherwise the keys are merged.
    static func merged(_ kept: JSON, with call: Call) throws(StripeFailure) -> JSON {
        try merged(kept, isSent: call.isSent("metadata"), call["metadata"])
    }

    static func merged(_ kept: JSON, isSent: Bool, _ sent: JSON) throws(StripeFailure) -> JSON {
        guard isSent else { return kept.isNull ? [:] : kept }
        guard !sent.isNull else { return [:] }
        var merged: JSON = kept.isNull ? [:] : kept
        for (key, value) in sent.fields {
            let text = value.string ?? ""
            guard key.count <= 40 else {
                throw .invalid(
                    "Metadata keys can have up to 40 characters, but you passed in a key that is \(key.count) characters. "
                        + "Invalid key: \(key)", param: "metadata")
            }
            guard text.count <= 500 else {
                throw .invalid(
                    "Metadata values can have up to 500 characters, but you passed in a value that is \(text.count) "
                        + "characters. Invalid value: \(text)", param: "metadata[\(key)]")
            }
            if text.isEmpty { merged.remove(key) } else { merged[key] = value }
        }
        guard merged.fields.count <= 50 else {
            throw .invalid(
                "Metadata can have up to 50 keys, but this would result in \(merged.fields.count) keys.",
                param: "metadata")
        }
        return merged
    }
}
