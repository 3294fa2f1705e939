package import Database

/// The events that Stripe sent, each held once.
///
/// Invariants:
/// 1. (tenant, livemode, Stripe's event id) is unique: an event delivered twice is one row.
/// 2. An event and the job that applies it are stored in one transaction: there is none without the other.
/// 3. `record` returns after the commit is synced, never before.
package struct EventInbox: Sendable {
    private let recorder: GroupRecorder
    package let database: Database

    package init(_ database: Database) {
        self.database = database
        recorder = GroupRecorder(database)
    }

    /// Stores a verified event with its job, together with other events that arrive meanwhile; one that cannot be
    /// stored fails alone.
    /// - Throws: `DatabaseError`; then nothing of this event is stored, unless its code is `.commitUnknown`: then
    ///   Stripe's next delivery finds out.
    package func record(_ event: ReceivedEvent) async throws -> RecordOutcome { try await recorder.record(event) }

    package static func record(_ event: ReceivedEvent, in connection: Connection) throws -> RecordOutcome {
        let id = EventID.new()
        let stored = try connection.execute(
            """
            INSERT INTO events (id, tenant_id, livemode, stripe_event_id, type, api_version, account, created,
                received_at, endpoint_id, signature, body, state)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now_us(), $9, $10, $11, $12)
            ON CONFLICT (tenant_id, livemode, stripe_event_id) DO NOTHING
            """, id, event.tenant, event.livemode, event.stripeEventID, event.type, event.apiVersion, event.account,
            event.created, event.endpointID, event.signature, event.body, event.state.rawValue)
        guard stored == 1 else { return .duplicate }
        if let job = event.job { try JobQueue.enqueue(job(id), in: connection) }
        return .stored(id)
    }

    package static func event(_ id: EventID, in connection: Connection) throws -> StoredEvent? {
        try connection.row("SELECT \(EventRow.columns), signature, body FROM events WHERE id = $1", id)
            .map { try StoredEvent($0) }
    }

    /// Says what became of an event.
    package static func mark(_ id: EventID, _ state: EventState, in connection: Connection) throws {
        try connection.execute(
            "UPDATE events SET state = $2, settled_at = now_us() WHERE id = $1", id, state.rawValue)
    }

    /// Newest first; `before` is the last id of the page before.
    package func events(
        tenant: TenantID? = nil, type: String? = nil, state: EventState? = nil, limit: Int, before: EventID? = nil
    ) async throws -> [EventRow] {
        try await database.read { connection in
            try connection.rows(
                """
                SELECT \(EventRow.columns) FROM events
                WHERE ($1 = '' OR id < $1) AND ($2 = '' OR tenant_id = $2) AND ($3 = '' OR type = $3)
                    AND ($4 = '' OR state = $4)
                ORDER BY id DESC LIMIT $5
                """, before?.rawValue ?? "", tenant?.rawValue ?? "", type ?? "", state?.rawValue ?? "", limit
            ).map { try EventRow($0) }
        }
    }
}
