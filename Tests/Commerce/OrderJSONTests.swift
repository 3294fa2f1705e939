import Commerce
import Database
import Foundation
import Messaging
import Security
import TestSupport
import Testing

@Suite struct OrderJSONTests {
    @Test func `a new order has the contract's fields, null where there is nothing`() async throws {
        try await withShop(on: .sqlite) { shop in
            let order = try await shop.order(metadata: ["cart": "7"])
            let fields = try json(OrderJSON(order))
            #expect(
                Set(fields.keys) == [
                    "id", "object", "tenant", "livemode", "kind", "status", "amount", "amount_refunded", "currency",
                    "customer", "customer_email", "description", "metadata", "payment_intent", "checkout_session",
                    "subscription", "created", "activated_at", "failure",
                ])
            #expect(fields["id"] as? String == order.id.rawValue)
            #expect(fields["object"] as? String == "order")
            #expect(fields["tenant"] as? String == shop.tenant.id.rawValue)
            #expect(fields["livemode"] as? Bool == false)
            #expect(fields["kind"] as? String == "payment")
            #expect(fields["status"] as? String == "pending")
            #expect(fields["amount"] as? Int == 1000)
            #expect(fields["amount_refunded"] as? Int == 0)
            #expect(fields["currency"] as? String == "usd")
            #expect(fields["metadata"] as? [String: String] == ["cart": "7"])
            #expect(fields["created"] as? Int == Int(TestClock.start / 1_000_000))
            for name in ["customer", "customer_email", "payment_intent", "activated_at", "failure"] {
                #expect(fields[name] is NSNull, "\(name)")
            }
        }
    }

    @Test func `secrets and keys are there only when asked for`() async throws {
        try await withShop(on: .sqlite) { shop in
            let order = try await shop.order()
            let fields = try json(
                OrderJSON(order, clientSecret: Secret("pi_1_secret_x"), publishableKey: "pk_test_account1"))
            #expect(fields["client_secret"] as? String == "pi_1_secret_x")
            #expect(fields["publishable_key"] as? String == "pk_test_account1")
        }
    }

    @Test func `a failed order says why, an active one since when`() async throws {
        try await withShop(on: .sqlite) { shop in
            let order = try await shop.order()
            let failed = try await shop.move(order, .paymentFailed(OrderFailure(code: "expired_card", message: "No.")))
            #expect(
                try json(OrderJSON(failed.order))["failure"] as? [String: String]
                    == ["code": "expired_card", "message": "No."])
            try await shop.move(order, .paymentSucceeded)
            let active = try await shop.move(order, .activated)
            #expect(
                try json(OrderJSON(active.order))["activated_at"] as? Int == Int(TestClock.start / 1_000_000))
        }
    }

    @Test func `a history row shows its move`() async throws {
        try await withShop(on: .sqlite) { shop in
            let order = try await shop.order()
            try await shop.apply(intent("succeeded"), to: order)
            let rows = try await shop.history(order).map { try json(OrderTransitionJSON($0)) }
            #expect(rows[0]["from"] is NSNull && rows[0]["to"] as? String == "pending")
            #expect(rows[1]["id"] as? String == "\(order.id):2")
            #expect(rows[1]["object"] as? String == "order_transition")
            #expect(rows[1]["from"] as? String == "pending" && rows[1]["to"] as? String == "paid")
            #expect(rows[1]["stripe_event"] as? String == "evt_1")
            #expect(rows[1]["anomaly"] is NSNull)
            #expect(rows[1]["created"] as? Int == Int(TestClock.start / 1_000_000))
        }
    }
}

func json(_ value: some Encodable) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: JSONEncoder().encode(value)) as? [String: Any])
}
