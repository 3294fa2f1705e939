import Database

/// Which events an operator asks for; what is not set, any.
package struct EventSelection: Sendable {
    package var ids: [EventID]
    package var tenant: TenantID?
    package var type: String?
    package var state: EventState?
    /// µs since 1970, by the database's clock when the event was stored.
    package var receivedFrom: Int64?
    package var receivedBefore: Int64?

    package init(
        ids: [EventID] = [], tenant: TenantID? = nil, type: String? = nil, state: EventState? = nil,
        receivedFrom: Int64? = nil, receivedBefore: Int64? = nil
    ) {
        self.ids = ids
        self.tenant = tenant
        self.type = type
        self.state = state
        self.receivedFrom = receivedFrom
        self.receivedBefore = receivedBefore
    }

    /// A condition over `events`, and its parameters, numbered from `first`.
    func condition(from first: Int) -> (sql: String, parameters: [any SQLBindable]) {
        var terms: [String] = []
        var parameters: [any SQLBindable] = []
        func add(_ value: (any SQLBindable)?, _ term: (String) -> String) {
            guard let value else { return }
            terms.append(term("$\(first + parameters.count)"))
            parameters.append(value)
        }
        add(tenant) { "tenant_id = \($0)" }
        add(type) { "type = \($0)" }
        add(state?.rawValue) { "state = \($0)" }
        add(receivedFrom) { "received_at >= \($0)" }
        add(receivedBefore) { "received_at < \($0)" }
        if !ids.isEmpty {
            terms.append("id IN (\(ids.indices.map { "$\(first + parameters.count + $0)" }.joined(separator: ", ")))")
            parameters += ids as [any SQLBindable]
        }
        return (terms.isEmpty ? "true" : terms.joined(separator: " AND "), parameters)
    }
}

extension EventInbox {
    package func count(_ selection: EventSelection) async throws -> Int {
        try await database.read { connection in
            let (condition, parameters) = selection.condition(from: 1)
            return try connection.row("SELECT COUNT(*) AS count FROM events WHERE \(condition)", with: parameters)?
                .get("count") ?? 0
        }
    }

    /// Newest first; `before` is the last id of the page before.
    package func events(
        _ selection: EventSelection = EventSelection(), limit: Int, before: EventID? = nil
    ) async throws -> [EventRow] {
        try await database.read { connection in
            let (condition, parameters) = selection.condition(from: 3)
            return try connection.rows(
                """
                SELECT \(EventRow.columns) FROM events
                WHERE ($1 = '' OR id < $1) AND \(condition) ORDER BY id DESC LIMIT $2
                """, with: [before?.rawValue ?? "", limit] + parameters
            ).map { try EventRow($0) }
        }
    }
}
