package import Database
import Messaging

/// Orders that wait for a payment, and of which nothing may have been heard because a webhook was lost: they are read
/// again at Stripe after 5 minutes, an hour and a day, counted from when they came to wait there.
package enum StuckOrders {
    /// µs, as all here.
    static let firstCheck: Int64 = 300_000_000
    /// What passes from the first check to the second, and from the second to the third.
    private static let laterChecks: [Int64] = [3300_000_000, 82_800_000_000]

    /// What a move does to an order's next check.
    enum Plan: Int64 {
        case none = 0
        case anew = 1
        case keep = 2
    }

    static func plan(from before: OrderStatus, to after: OrderStatus) -> Plan {
        switch after {
        case .pending, .requiresAction, .processing: before == after ? .keep : .anew
        case .paid, .active, .failed, .canceled, .expired, .pastDue, .partiallyRefunded, .refunded, .disputed, .ended:
            .none
        }
    }

    /// Stores a `check_order` job for each order whose check is due, oldest first, and plans its next.
    /// - Returns: how many; call again while it is `limit`.
    package static func enqueueDue(limit: Int = 200, in connection: Connection) throws -> Int {
        let due = try connection.rows(
            """
            SELECT id, tenant_id, livemode, checks FROM orders WHERE check_at <= now_us()
            ORDER BY check_at LIMIT $1\(connection.dialect.skipLocked)
            """, limit)
        for row in due {
            let order: OrderID = try row.get("id")
            let check = try row.get("checks", as: Int64.self) + 1
            let pause = Int(check) <= laterChecks.count ? laterChecks[Int(check) - 1] : nil
            try connection.execute(
                """
                UPDATE orders SET checks = $2, check_at = now_us() + CAST($3 AS BIGINT) WHERE id = $1
                """, order, check, pause)
            let payload = CheckOrderPayload(order: order, livemode: try row.get("livemode"), check: check)
            try JobQueue.enqueue(try payload.job(of: row.get("tenant_id")), in: connection)
        }
        return due.count
    }
}
