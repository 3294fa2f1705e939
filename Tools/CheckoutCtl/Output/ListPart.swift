import Commerce

/// A page of what a store hands out whole.
enum ListPart {
    static func of<Row>(_ rows: [Row], _ page: PageRequest, id: (Row) -> String) throws -> Page<Row> {
        var rest = rows[...]
        if let after = page.startingAfter {
            guard let index = rows.firstIndex(where: { id($0) == after }) else {
                throw CommandFailure.failed("--starting-after: there is no '\(after)' in this list.")
            }
            rest = rows[(index + 1)...]
        }
        return Page(data: Array(rest.prefix(page.limit)), hasMore: rest.count > page.limit)
    }
}
