import Synchronization
import Testing

@testable import StripeSandbox

/// Subscriptions without a test clock go by the sandbox's own clock.
struct BillingInRealTimeTests {
    private static let day: Int64 = 86400
    private static let start: Int64 = 1_772_366_400

    /// A clock that shows what it is set to, in µs since 1970.
    private final class SetClock: Sendable {
        private let seconds = Mutex(start)

        func set(_ time: Int64) { seconds.withLock { $0 = time } }
        var time: Int64 { seconds.withLock { $0 * 1_000_000 } }
    }

    /// A customer with a card, and a monthly price of 30.00 EUR.
    private static func buyer(_ stripe: SandboxUnderTest) async throws -> (customer: String, price: String) {
        let customer = try await stripe.post(
            "/v1/customers",
            ["payment_method": "pm_card_visa", "invoice_settings[default_payment_method]": "pm_card_visa"])
        let product = try await stripe.post("/v1/products", ["name": "Gold"])
        let price = try await stripe.post(
            "/v1/prices",
            ["product": product.id, "currency": "eur", "unit_amount": "3000", "recurring[interval]": "month"])
        return (customer.id, price.id)
    }

    private static func subscribe(
        _ stripe: SandboxUnderTest, _ buyer: (customer: String, price: String)
    ) async throws -> SandboxUnderTest.Reply {
        try await stripe.post(
            "/v1/subscriptions", ["customer": buyer.customer, "items[0][price]": buyer.price])
    }

    @Test func `what time has brought while nobody looked is done, each at its time`() async throws {
        let clock = SetClock()
        try await SandboxUnderTest.serve(clock: { clock.time }) { stripe in
            try await WebhookReceiver.receive { receiver in
                _ = try await stripe.post(
                    "/v1/webhook_endpoints", ["url": receiver.url, "enabled_events[]": "invoice.paid"])
                let buyer = try await Self.buyer(stripe)
                let subscription = try await Self.subscribe(stripe, buyer)
                #expect(subscription.body["status"] == "active")
                clock.set(Self.start + 65 * Self.day)
                // Whatever is put off wakes the service up, as its own alarm would.
                _ = try await Self.subscribe(stripe, buyer)
                let paid = await receiver.next(4).map { $0.event["data"]["object"] }
                let renewals = paid.filter { $0["billing_reason"] == "subscription_cycle" }
                #expect(renewals.map { $0["created"] } == [1_775_044_800, 1_777_636_800])
                #expect(renewals.map { $0["status_transitions"]["paid_at"] } == [1_775_048_400, 1_777_640_400])
                let now = try await stripe.get("/v1/subscriptions/\(subscription.id)")
                let item = now.body["items"]["data"].elements[0]
                #expect(item["current_period_start"] == 1_777_636_800)
            }
        }
    }

    @Test func `a preview leaves no trace`() async throws {
        try await SandboxUnderTest.serve { stripe in
            let subscription = try await Self.subscribe(stripe, try await Self.buyer(stripe))
            let item = subscription.body["items"]["data"].elements[0]["id"].string ?? ""
            let before = stripe.sandbox.store.look { world in
                world.books.mapValues { $0.records.mapValues { ["body": $0.body, "hidden": $0.hidden] as JSON } }
            }
            for quantity in ["0", "7"] {
                let preview = try await stripe.post(
                    "/v1/invoices/create_preview",
                    [
                        "subscription": subscription.id, "subscription_details[items][0][id]": item,
                        "subscription_details[items][0][quantity]": quantity,
                        "subscription_details[proration_behavior]": "always_invoice",
                    ])
                #expect(preview.status == 200)
            }
            let after = stripe.sandbox.store.look { world in
                world.books.mapValues { $0.records.mapValues { ["body": $0.body, "hidden": $0.hidden] as JSON } }
            }
            #expect(after == before)
        }
    }
}
