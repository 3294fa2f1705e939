import Database

/// An event as the inbox holds it, without its body.
package struct EventRow: Sendable {
    package let id: EventID
    package let tenant: TenantID
    package let livemode: Bool
    package let stripeEventID: String
    package let type: String
    package let apiVersion: String?
    package let account: String?
    /// Seconds since 1970, by Stripe.
    package let created: Int64
    /// µs since 1970, by the database.
    package let receivedAt: Int64
    package let endpointID: String
    package let state: String
    /// What its job is about; see `NewJob`.
    package let subject: String?

    static let columns = """
        id, tenant_id, livemode, stripe_event_id, type, api_version, account, created, received_at, endpoint_id, state,
        subject
        """

    init(_ row: Row) throws(DatabaseError) {
        id = try row.get("id")
        tenant = try row.get("tenant_id")
        livemode = try row.get("livemode")
        stripeEventID = try row.get("stripe_event_id")
        type = try row.get("type")
        apiVersion = try row.get("api_version")
        account = try row.get("account")
        created = try row.get("created")
        receivedAt = try row.get("received_at")
        endpointID = try row.get("endpoint_id")
        state = try row.get("state")
        subject = try row.get("subject")
    }
}

/// An event with its body and signature as received.
package struct StoredEvent: Sendable {
    package let row: EventRow
    package let signature: String
    package let body: [UInt8]

    init(_ row: Row) throws(DatabaseError) {
        self.row = try EventRow(row)
        signature = try row.get("signature")
        body = try row.get("body")
    }
}
