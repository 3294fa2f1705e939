extension Listing {
    /// A page of what stands within another object, in its order.
    static func page(of all: [JSON], _ call: Call) throws(StripeFailure) -> JSON {
        let limit = Int(call["limit"].int ?? 10)
        guard (1...100).contains(limit) else {
            throw .invalid(
                "This value must be between 1 and 100.", code: "parameter_invalid_integer", param: "limit")
        }
        var found = all[...]
        if let cursor = call["starting_after"].string {
            found = found[(try place(of: cursor, in: all, param: "starting_after") + 1)...]
        }
        if let cursor = call["ending_before"].string {
            found = all[..<(try place(of: cursor, in: all, param: "ending_before"))]
            return list(found.suffix(limit), hasMore: found.count > limit, call)
        }
        return list(found.prefix(limit), hasMore: found.count > limit, call)
    }

    private static func list(_ data: ArraySlice<JSON>, hasMore: Bool, _ call: Call) -> JSON {
        ["object": "list", "data": .array(Array(data)), "has_more": .bool(hasMore), "url": .string(call.path)]
    }

    private static func place(of id: String, in all: [JSON], param: String) throws(StripeFailure) -> Int {
        guard let place = all.firstIndex(where: { $0["id"].string == id }) else {
            throw .noSuch("object", id, param: param)
        }
        return place
    }
}
