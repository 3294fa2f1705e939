import OrderedCollections

/// `/v2/core/events`: the thin events of the last 30 days.
enum ThinEventResource {
    static let routes: [Route] = [
        Route(.get, "/v2/core/events", list),
        Route(.get, "/v2/core/events/:id") { call, transaction throws(StripeFailure) in
            guard let kept = transaction.thinEvent(call.id), transaction.isKept(kept) else {
                throw transaction.noSuch("event", call.id, param: "id")
            }
            return transaction.thin(kept).body
        },
    ]

    @Sendable private static func list(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        let types = call["types"].elements.compactMap(\.string)
        guard types.count <= 20 else { throw .invalid("You may specify up to 20 types.", param: "types") }
        var bounds: [String: Double] = [:]
        for (name, value) in call["created"].fields {
            guard let seconds = Timestamp.seconds(value.string ?? "") else {
                throw .invalid("Invalid timestamp: \(value.string ?? "")", param: "created[\(name)]")
            }
            bounds[name] = seconds
        }
        let kept = (Array(transaction.newest(.event)) + transaction.newest(.thinEvent))
            .sorted { $0.sequence > $1.sequence }
        return try V2Listing.page(of: kept, call) { record in
            guard transaction.isKept(record), types.isEmpty || types.contains(ThinEvent.type(of: record)) else {
                return nil
            }
            let event = transaction.thin(record).body
            let created = Timestamp.seconds(event["created"].string ?? "") ?? 0
            guard
                (call["object_id"].isNull || call["object_id"] == event["related_object"]["id"])
                    && (bounds["gt"].map { created > $0 } ?? true) && (bounds["gte"].map { created >= $0 } ?? true)
                    && (bounds["lt"].map { created < $0 } ?? true) && (bounds["lte"].map { created <= $0 } ?? true)
            else { return nil }
            return event
        }
    }
}
