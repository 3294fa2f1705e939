import OrderedCollections

extension Transaction {
    /// Keeps a changed record, and tells of it with the former values of what differs; nothing is told when nothing does.
    func put(_ record: Record, changedFrom before: JSON, telling type: String) {
        put(record)
        let previous: OrderedDictionary<String, JSON> = before.fields.filter { record[$0.key] != $0.value }
        if !previous.isEmpty { emit(type, record.body, previous: .object(previous)) }
    }

    /// An id of the caller's own choosing, for the kinds that may have one.
    /// - Throws: `resource_already_exists`.
    func chosenID(_ id: String, of name: String) throws(StripeFailure) -> String {
        let allowed = id.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_-".contains($0)) }
        guard allowed, id.count <= 255 else {
            throw .invalid(
                "Invalid id: \(id). An id may only have letters, digits, '_' and '-'.", param: "id")
        }
        guard world.record(id, in: scope) == nil else {
            throw .impossible("\(name) already exists.", code: "resource_already_exists", param: "id")
        }
        return id
    }
}
