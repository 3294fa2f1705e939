package import Database

/// The events that Stripe sent, each held once, as it was received.
///
/// Invariants:
/// 1. (tenant, livemode, Stripe's event id) is unique: an event delivered twice is one row.
/// 2. An event and the job that applies it are stored in one transaction: there is none without the other.
/// 3. `record` returns after the commit is synced, never before.
/// 4. An event has one job at most that is unfinished or dead: while unfinished, the event is `pending`; dead, `failed`.
/// 5. An event that was `kept`, since whoever brought it first said that it happened elsewhere, is not lost by that: as
///    soon as a source brings it as the tenant's own, it is stored as if it were new.
package struct EventInbox: Sendable {
    private let recorder: GroupWriter<[ReceivedEvent], [RecordOutcome]>
    /// The bodies of all events that wait to be stored, in bytes.
    private static let room = 64 << 20
    package let database: Database

    package init(_ database: Database) {
        self.database = database
        recorder = GroupWriter(
            database, room: Self.room, size: { $0.reduce(0) { $0 + $1.body.count } }
        ) { items, connection in
            var outcomes = try Self.record(items.flatMap(\.self), in: connection)[...]
            return items.map { events in
                defer { outcomes.removeFirst(events.count) }
                return Array(outcomes.prefix(events.count))
            }
        }
    }

    /// Stores a verified event with its job, together with other events that arrive meanwhile; one that cannot be
    /// stored fails alone.
    /// - Throws: `DatabaseError`; then nothing of this event is stored, unless its code is `.commitUnknown`: then
    ///   Stripe's next delivery finds out.
    package func record(_ event: ReceivedEvent) async throws -> RecordOutcome { try await record([event])[0] }

    /// As `record` for one, but all of `events` or none of them: the copies of one, for tenants that share an account.
    package func record(_ events: [ReceivedEvent]) async throws -> [RecordOutcome] { try await recorder.write(events) }

    package static func record(_ event: ReceivedEvent, in connection: Connection) throws -> RecordOutcome {
        try record([event], in: connection)[0]
    }

    /// Stores events with their jobs, several rows a statement: PostgreSQL takes a round trip for each.
    package static func record(_ events: [ReceivedEvent], in connection: Connection) throws -> [RecordOutcome] {
        let ids = events.map { _ in EventID.new() }
        // In one order everywhere: two groups that hold the same two events would lock each other out.
        let order = events.indices.sorted {
            let (one, other) = (events[$0], events[$1])
            return (one.stripeEventID, one.tenant.rawValue) < (other.stripeEventID, other.tenant.rawValue)
        }
        var outcomes = ids.map(RecordOutcome.stored)
        for part in RowBatch.parts(of: order) {
            guard try insert(part.map { (ids[$0], events[$0]) }, connection) < part.count else { continue }
            let stored = try stored(of: part.map { ids[$0] }, connection)
            for index in part where !stored.contains(ids[index]) { outcomes[index] = .duplicate }
        }
        for index in order where outcomes[index] == .duplicate && events[index].state == .pending {
            if let id = try claim(events[index], connection) { outcomes[index] = .stored(id) }
        }
        let jobs = try zip(events, outcomes).compactMap { event, outcome in
            if case .stored(let id) = outcome { try event.job?(id) } else { nil }
        }
        try JobQueue.enqueue(jobs, in: connection)
        return outcomes
    }

    /// Takes an event that was only `kept` for what it is now known to be; see invariant 5.
    private static func claim(_ event: ReceivedEvent, _ connection: Connection) throws -> EventID? {
        try connection.row(
            """
            UPDATE events SET state = $4, account = $5, endpoint_id = $6, signature = $7, body = $8, subject = $9,
                settled_at = NULL
            WHERE tenant_id = $1 AND livemode = $2 AND stripe_event_id = $3 AND state = 'kept' RETURNING id
            """, event.tenant, event.livemode, event.stripeEventID, event.state.rawValue, event.account,
            event.endpointID, event.signature, event.body, event.subject
        )?.get("id")
    }

    /// - Returns: how many were not there yet. Mostly all: to have each named by RETURNING would be work for nothing.
    private static func insert(
        _ events: [(id: EventID, event: ReceivedEvent)], _ connection: Connection
    ) throws -> Int {
        var values: [any SQLBindable] = []
        values.reserveCapacity(events.count * insertion.width)
        for (id, event) in events {
            values +=
                [
                    id, event.tenant, event.livemode, event.stripeEventID, event.type, event.apiVersion, event.account,
                    event.created, event.endpointID, event.signature, event.body, event.state.rawValue,
                    event.subject, event.twin,
                ] as [any SQLBindable]
        }
        return try connection.execute(insertion[events.count], with: values)
    }

    private static func stored(of ids: [EventID], _ connection: Connection) throws -> Set<EventID> {
        let names = ids.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
        return Set(
            try connection.rows("SELECT id FROM events WHERE id IN (\(names))", with: ids).map { try $0.get("id") })
    }

    private static let insertion = RowBatch(
        """
        INSERT INTO events (id, tenant_id, livemode, stripe_event_id, type, api_version, account, created, endpoint_id,
            signature, body, state, subject, twin, received_at) VALUES
        """, width: 14, last: "now_us()",
        tail: "ON CONFLICT (tenant_id, livemode, stripe_event_id) DO NOTHING")

    /// Whether an event that is held tells what `event` tells: a thin one, whose snapshot it is.
    package static func isTold(byTwinOf event: ReceivedEvent, in connection: Connection) throws -> Bool {
        try connection.row(
            "SELECT 1 AS found FROM events WHERE tenant_id = $1 AND livemode = $2 AND twin = $3 LIMIT 1",
            event.tenant, event.livemode, event.stripeEventID) != nil
    }

    package static func event(_ id: EventID, in connection: Connection) throws -> StoredEvent? {
        try connection.row("SELECT \(EventRow.columns), signature, body FROM events WHERE id = $1", id)
            .map { try StoredEvent($0) }
    }

    /// Says what became of an event. It is settled with that, but for a failed one: its dead letter waits for an operator,
    /// who may need it; see `settle`.
    package static func mark(_ id: EventID, _ state: EventState, in connection: Connection) throws {
        let isSettled = state != .pending && state != .failed
        try connection.execute(
            "UPDATE events SET state = $2, settled_at = \(isSettled ? "now_us()" : "NULL") WHERE id = $1", id,
            state.rawValue)
    }

    /// Says that nothing more will become of an event that failed: its dead letter was discarded, or its order refused it
    /// and no job is left. From now on it goes by its age as others do. Events in other states are left alone.
    package static func settle(_ id: EventID, in connection: Connection) throws {
        try connection.execute(
            "UPDATE events SET settled_at = now_us() WHERE id = $1 AND state = 'failed' AND settled_at IS NULL", id)
    }
}
