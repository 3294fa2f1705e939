extension Transaction {
    /// A record that the call named.
    /// - Throws: 404 `resource_missing`.
    func existing(
        _ kind: ResourceKind, _ id: String, param: String, as name: String? = nil
    ) throws(StripeFailure) -> Record {
        guard let record = record(kind, id) else {
            throw noSuch(name ?? kind.rawValue, id, param: param)
        }
        return record
    }

    /// A customer that the call named in its body, where an unknown one is a bad request.
    func customer(_ id: String) throws(StripeFailure) -> Record {
        guard let record = record(.customer, id), record["deleted"].bool != true else {
            var failure = noSuch("customer", id, param: "customer")
            failure.status = 400
            throw failure
        }
        return record
    }
}
