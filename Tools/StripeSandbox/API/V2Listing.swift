/// A page of a list as the v2 API gives it: with the address of the next one.
enum V2Listing {
    /// - Parameters:
    ///   - records: newest first.
    ///   - show: what is shown of a record; nil leaves it out.
    static func page(
        of records: some Sequence<Record>, _ call: Call, show: (Record) -> JSON?
    ) throws(StripeFailure) -> JSON {
        let limit = Int(call["limit"].int ?? 20)
        guard (1...100).contains(limit) else {
            throw .invalid(
                "The limit must be between 1 and 100.", code: "parameter_invalid_integer", param: "limit")
        }
        var edge = Int64.max
        if let token = call["page"].string {
            guard token.hasPrefix(prefix), let place = Int64(token.dropFirst(prefix.count)) else {
                throw .invalid("Invalid page: \(token)", param: "page")
            }
            edge = place
        }
        var data: [JSON] = []
        var next: String?
        for record in records where record.sequence < edge {
            guard let shown = show(record) else { continue }
            guard data.count < limit else {
                let query = call.parameters.merging(["page": .string("\(prefix)\(edge)")])
                next = "\(call.path)?\(FormBodyWriter.text(query))"
                break
            }
            data.append(shown)
            edge = record.sequence
        }
        return ["data": .array(data), "next_page_url": JSON(next), "previous_page_url": nil]
    }

    private static let prefix = "page_"
}
