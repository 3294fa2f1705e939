package import Database
package import Messaging

/// Emails to buyers, as jobs.
package enum Emails {
    /// Stores an email in the caller's transaction, once for each unique key for ever: the job's own key would let a
    /// second one pass as soon as the first was sent.
    /// - Parameter subject: what the job is about; see `NewJob`.
    /// - Returns: nil where there was one for this key.
    @discardableResult
    package static func enqueue(
        _ payload: EmailPayload, tenant: TenantID, uniqueKey: String, subject: String? = nil, in connection: Connection
    ) throws -> JobID? {
        let isFirst = try connection.execute(
            """
            INSERT INTO email_keys (tenant_id, key, created_at) VALUES ($1, $2, now_us()) ON CONFLICT DO NOTHING
            """, tenant, uniqueKey)
        guard isFirst == 1 else { return nil }
        return try JobQueue.enqueue(
            NewJob(
                .sendEmail, tenant: tenant, payload: payload, subject: subject, uniqueKey: "\(tenant):\(uniqueKey)"),
            in: connection)
    }

    /// Stores the email of a notice about `order`.
    package static func enqueue(_ notice: EmailNotice, of order: Order, in connection: Connection) throws {
        let payload = EmailPayload(
            kind: notice.kind, to: notice.to, order: notice.order, subscription: notice.subscription,
            livemode: order.livemode, values: notice.values, created: order.updatedAt / 1_000_000)
        // Not the order's subject: a mail server that is slow must not hold up deliveries.
        try enqueue(
            payload, tenant: order.tenant, uniqueKey: notice.key, subject: "email:\(order.id)", in: connection)
    }
}
