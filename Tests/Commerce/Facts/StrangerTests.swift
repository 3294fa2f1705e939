import Commerce
import Database
import Messaging
import Security
import StripeModels
import TestSupport
import Testing

/// Tenants and modes never see each other's refunds, subscriptions, customers and disputes, though Stripe's ids are the
/// same: two tenants may share an account.
@Suite struct StrangerTests {
    private enum Stranger: CaseIterable {
        case otherTenant
        case otherMode

        func scope(_ shop: Shop) async throws -> TenantScope {
            switch self {
            case .otherTenant: try await shop.neighbour().tenant.scope
            case .otherMode: TenantScope(tenant: shop.tenant.id, livemode: true)
            }
        }
    }

    @Test(arguments: Engine.all, Stranger.allCases)
    private func `a stranger neither sees nor touches what belongs to an order`(
        on engine: Engine, stranger: Stranger
    ) async throws {
        try await withShop(on: engine) { shop in
            let scope = try await stranger.scope(shop)
            let order = try await shop.paidOrder(1000)
            let subscribed = try await shop.subscribed()
            try await shop.apply(.subscription(shop.subscription(.active)))
            let refund = try await shop.reserve(order, 300)
            let dispute = DisputeFact(
                id: "dp_1", livemode: false, paymentIntent: "pi_1", amount: 1000, currency: usd, status: .lost)
            try await shop.apply(.dispute(dispute))
            let before = try await [shop.reload(order), shop.reload(subscribed)]

            try await shop.database.read { connection throws in
                #expect(try RefundStore.get(refund.id, for: scope, in: connection) == nil)
                #expect(try RefundStore.list(PageRequest(), for: scope, in: connection).data.isEmpty)
                #expect(try RefundStore.list(PageRequest(), order: order.id, for: scope, in: connection).data.isEmpty)
                #expect(try SubscriptionStore.get("sub_1", for: scope, in: connection) == nil)
                #expect(try SubscriptionStore.list(PageRequest(), for: scope, in: connection).data.isEmpty)
                #expect(try CustomerStore.get("cus_1", for: scope, in: connection) == nil)
                #expect(try CustomerStore.list(PageRequest(), for: scope, in: connection).data.isEmpty)
                #expect(try DisputeStore.list(of: order.id, for: scope, in: connection).isEmpty)
                #expect(try PaymentStore.list(of: order.id, for: scope, in: connection).isEmpty)
                #expect(try PaymentStore.order(of: "pi_1", for: scope, in: connection) == nil)
                #expect(try OrderStore.bySubscription("sub_1", for: scope, in: connection) == nil)
                #expect(try OrderStore.byCheckoutSession("cs_1", for: scope, in: connection) == nil)
            }
            for attempt: @Sendable (Connection) throws -> Void in [
                { _ = try RefundStore.reserve(NewRefund(order: order.id), for: scope, in: $0) },
                { _ = try RefundStore.refuse(refund.id, code: "x", for: scope, in: $0) },
                { _ = try RefundStore.nextAttempt(refund.id, after: 1, for: scope, in: $0) },
                { _ = try OrderStore.requestCancel(order.id, for: scope, in: $0) },
            ] {
                #expect(await refusal { try await shop.database.write { try attempt($0) } }?.kind == .notFound)
            }
            // The same ids at Stripe, told to the stranger: their own rows, if any.
            var session = SessionFact(
                id: "cs_1", livemode: scope.livemode, mode: .subscription, status: .expired, payment: .unpaid,
                order: subscribed.id)
            var subscription = shop.subscription(.canceled)
            subscription.order = subscribed.id
            var theirs = dispute
            for livemode in [false, true] {
                (session.livemode, subscription.livemode, theirs.livemode) = (livemode, livemode, livemode)
                var fact = RefundFact(
                    id: "re_1", paymentIntent: "pi_1", amount: 300, currency: usd, status: .succeeded,
                    ours: refund.id)
                for name in ["re_1", "re_2"] {
                    fact.id = name
                    #expect(try await shop.apply(.refund(fact), for: scope) == nil)
                }
                #expect(try await shop.apply(.session(session), for: scope) == nil)
                #expect(try await shop.apply(.subscription(subscription), for: scope) == nil)
                #expect(try await shop.apply(.dispute(theirs), for: scope) == nil)
            }
            let after = try await [shop.reload(order), shop.reload(subscribed)]
            #expect(after == before)
            #expect(try await shop.refunds(order).map(\.status) == [.requested])
        }
    }

    @Test(arguments: Engine.all)
    func `what is marked as another tenant's is nobody else's`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let neighbour = try await shop.neighbour().tenant
            let order = try await shop.subscribed()
            var fact = shop.subscription(.canceled)
            fact.tenant = neighbour.id
            #expect(try await shop.apply(.subscription(fact)) == nil)
            var invoice = shop.invoice(1, 900)
            invoice.tenant = neighbour.id
            #expect(try await shop.apply(.invoice(invoice)) == nil)
            #expect(try await shop.reload(order).amountCaptured == 0)
            fact.tenant = shop.tenant.id
            #expect(try await shop.apply(.subscription(fact))?.order.status == .ended)

            let mark = StripeMark.of(shop.scope)
            #expect(mark == ["checkout_tenant": shop.tenant.id.rawValue])
            #expect(StripeMark.isForeign(mark, to: neighbour.id) && !StripeMark.isForeign(mark, to: shop.tenant.id))
            #expect(!StripeMark.isForeign([:], to: neighbour.id), "what says nothing may be anyone's")
        }
    }

    @Test(arguments: Engine.all)
    func `a copied order id in a subscription's metadata takes nobody's order away`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.subscribed()
            var copy = shop.subscription(.canceled)
            copy.id = "sub_copied"
            copy.order = order.id
            #expect(try await shop.apply(.subscription(copy)) == nil)
            let payment = try await shop.paidOrder(1000)
            copy.order = payment.id
            #expect(try await shop.apply(.subscription(copy)) == nil, "it did not begin as a payment")
            #expect(try await shop.reload(order).subscription == "sub_1")
        }
    }
}
