/// A page of a list: `limit`, `starting_after`, `ending_before`, and the filters that all lists share.
enum Listing {
    /// Newest first, as Stripe lists.
    static func page(
        of kind: ResourceKind, _ call: Call, _ transaction: Transaction,
        where isWanted: (Record) -> Bool = { _ in true }, showing body: (Record) -> JSON = \.body
    ) throws(StripeFailure) -> JSON {
        let limit = Int(call["limit"].int ?? 10)
        guard (1...100).contains(limit) else {
            throw .invalid(
                limit < 1
                    ? "This value must be greater than or equal to 1."
                    : "This value must be less than or equal to 100.",
                code: "parameter_invalid_integer", param: "limit")
        }
        let range = call["created"]
        func isListed(_ record: Record) -> Bool {
            isWithin(range, record["created"].int ?? 0) && isWanted(record)
        }
        var found: [Record] = []
        let hasMore: Bool
        if let cursor = call["ending_before"].string {
            guard call["starting_after"].isNull else {
                throw .invalid("You cannot specify both `starting_after` and `ending_before`.", param: "ending_before")
            }
            let edge = try place(of: cursor, kind, transaction, param: "ending_before")
            for record in transaction.newest(kind) {
                guard record.sequence > edge else { break }
                if isListed(record) { found.append(record) }
            }
            hasMore = found.count > limit
            found = found.suffix(limit)
        } else {
            var edge = Int64.max
            if let cursor = call["starting_after"].string {
                edge = try place(of: cursor, kind, transaction, param: "starting_after")
            }
            for record in transaction.newest(kind) where record.sequence < edge && isListed(record) {
                found.append(record)
                if found.count > limit { break }
            }
            hasMore = found.count > limit
            found = Array(found.prefix(limit))
        }
        return [
            "object": "list", "data": .array(found.map(body)), "has_more": .bool(hasMore), "url": .string(call.path),
        ]
    }

    /// Whether a time is within what a call asks for: `gt`, `gte`, `lt`, `lte`.
    static func isWithin(_ range: JSON, _ time: Int64) -> Bool {
        if let bound = range["gt"].int, time <= bound { return false }
        if let bound = range["gte"].int, time < bound { return false }
        if let bound = range["lt"].int, time >= bound { return false }
        if let bound = range["lte"].int, time > bound { return false }
        return true
    }

    private static func place(
        of id: String, _ kind: ResourceKind, _ transaction: Transaction, param: String
    ) throws(StripeFailure) -> Int64 {
        guard let record = transaction.record(kind, id) else {
            throw transaction.noSuch(kind.rawValue, id, param: param)
        }
        return record.sequence
    }
}

extension Transaction {
    /// The refusal for an id that is not in these books; it says when the account's other mode has it, as Stripe does.
    func noSuch(_ object: String, _ id: String, param: String) -> StripeFailure {
        let other = AccountScope(account: scope.account, livemode: !scope.livemode)
        return .noSuch(
            object, id, param: param, inOtherMode: world.record(id, in: other) == nil ? nil : scope.livemode)
    }
}
