import Commerce
import Database
import Messaging
import StripeModels
import TestSupport
import Testing

@Suite struct MigrationTests {
    /// The tables as version 14 left them, with a tenant and an order in each state that it knew.
    @Test(arguments: Engine.all)
    func `orders of version 14 go on`(on engine: Engine) async throws {
        let old = Schema.migrations.filter { $0.version <= 14 }
        try await withDatabase(on: engine, migrations: old) { test in
            let statuses = ["pending", "requires_action", "processing", "paid", "active", "failed", "canceled"]
            try await test.database.write { connection in
                try connection.execute(
                    """
                    INSERT INTO tenants (id, name, livemode, stripe_publishable_key, stripe_secret_key_sealed,
                        stripe_key_ending, fulfillment_secret_sealed, origins, created_at, updated_at)
                    VALUES ('ten_1', 'Old', $1, 'pk', 'sealed', '1234', 'sealed', '[]', 1, 1)
                    """, false)
                try connection.execute(
                    """
                    INSERT INTO webhook_endpoints (id, tenant_id, livemode, created_at) VALUES ('we_1', 'ten_1', $1, 1)
                    """, false)
                for status in statuses {
                    try connection.execute(
                        """
                        INSERT INTO orders (id, tenant_id, livemode, kind, status, amount, currency, metadata, lines,
                            payment_intent, version, created_at, updated_at)
                        VALUES ($1, 'ten_1', $2, 'payment', $3, 1000, 'usd', '{"a":"b"}', '[]', $4, 1, 1, 1)
                        """, "ord_\(status)", false, status, status == "pending" ? nil : "pi_\(status)")
                }
            }
            _ = try await test.database.migrate(Schema.migrations)
            let scope = TenantScope(tenant: .init(rawValue: "ten_1"), livemode: false)
            try await test.database.write { connection throws in
                for status in statuses {
                    let id = OrderID(rawValue: "ord_\(status)")
                    let order = try #require(try OrderStore.get(id, for: scope, in: connection))
                    let isPaid = status == "paid" || status == "active"
                    #expect(order.status.rawValue == status && order.metadata == ["a": "b"])
                    #expect(order.amountCaptured == (isPaid ? 1000 : nil), "\(status)")
                    #expect(try PaymentStore.list(of: id, for: scope, in: connection).count == (isPaid ? 1 : 0))
                    #expect(order.checkoutMode == nil && !order.isCancelRequested && order.applicationFeeBps == nil)
                }
                #expect(try StuckOrders.enqueueDue(in: connection) == 3)
                // What was paid before can be refunded, in full too.
                let paid = OrderID(rawValue: "ord_active")
                #expect(try RefundStore.reserve(NewRefund(order: paid), for: scope, in: connection).amount == 1000)
                let refund = RefundFact(
                    id: "re_1", paymentIntent: "pi_paid", amount: 1000, currency: usd, status: .succeeded)
                let move = try OrderStore.apply(
                    .refund(refund), .reported, for: scope, cause: OrderCause("x"), in: connection)
                #expect(move?.order.status == .refunded)
            }
        }
    }
}
