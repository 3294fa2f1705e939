import Commerce
import Database
import Messaging
import StripeModels

extension Shop {
    /// An order that was paid by `pi_1`.
    func paidOrder(_ amount: Int64, intent id: String = "pi_1") async throws -> Order {
        let order = try await order(amount)
        return try await apply(intent("succeeded", id: id, amount: amount), to: order).order
    }

    /// An order that began as the subscription `sub_1`.
    func subscribed() async throws -> Order {
        let new = try NewOrder(checkout: .subscription, cart: nil, customerEmail: "buyer@example.com")
        let order = try await database.write { [scope] in
            try OrderStore.insert(new, for: scope, cause: OrderCause("test"), in: $0)
        }
        let session = SessionFact(
            id: "cs_1", livemode: tenant.livemode, mode: .subscription, status: .complete, payment: .paid,
            amountTotal: 900, currency: usd, subscription: "sub_1", customer: "cus_1", order: order.id)
        return try await apply(.session(session))?.order ?? order
    }

    func invoice(_ number: Int, _ amount: Int64) -> InvoiceFact {
        InvoiceFact(
            id: "in_\(number)", livemode: tenant.livemode, status: .paid, isFirst: number == 1, subscription: "sub_1",
            currency: usd, amountDue: amount, amountPaid: amount,
            payments: [InvoiceFact.Payment(paymentIntent: "pi_in_\(number)", amount: amount)])
    }

    func subscription(_ status: Subscription.Status, periodEnd: Int64 = 1_800_000_000) -> SubscriptionFact {
        SubscriptionFact(
            id: "sub_1", livemode: tenant.livemode, status: status, customer: "cus_1", currentPeriodEnd: periodEnd)
    }

    /// Applies and follows, as the worker does; a reading that nothing came between.
    @discardableResult
    func apply(
        _ fact: StripeFact, _ observation: Observation = .read, for other: TenantScope? = nil,
        expecting: Int64? = nil
    ) async throws -> OrderMove? {
        let scope = other ?? scope
        return try await database.write { connection in
            let revision = try expecting ?? OrderStore.revision(of: fact, for: scope, in: connection)
            let move = try OrderStore.apply(
                fact, observation, for: scope, cause: .stripeEvent("evt_1", type: "test"),
                expecting: observation == .read ? revision : nil, in: connection)
            if let move { _ = try Fulfillment.follow(move, in: connection) }
            return move
        }
    }

    @discardableResult
    func apply(_ refund: RefundFact) async throws -> OrderMove? { try await apply(.refund(refund)) }

    func reserve(_ order: Order, _ amount: Int64?) async throws -> OrderRefund {
        let new = try NewRefund(order: order.id, amount: amount)
        return try await database.write { [scope] in try RefundStore.reserve(new, for: scope, in: $0) }
    }

    /// The newest first.
    func refunds(_ order: Order) async throws -> [OrderRefund] {
        try await database.read { [scope] in
            try RefundStore.list(PageRequest(limit: 100), order: order.id, for: scope, in: $0).data
        }
    }

    func deliveries(_ order: Order) async throws -> [DeliveryType] {
        try await database.read { try Self.deliveries(of: order.id, in: $0) }
    }
}
