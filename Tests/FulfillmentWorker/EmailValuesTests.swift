import Commerce
import Database
import Messaging
import Testing

@testable import FulfillmentWorker

@Suite struct EmailValuesTests {
    private static let order = OrderID.new()

    private func payload(
        _ kind: EmailKind = .receipt, order: OrderID? = nil, subscription: String? = nil, livemode: Bool = true,
        values: [String: String] = [:]
    ) -> EmailPayload {
        EmailPayload(
            kind: kind, to: "buyer@example.org", order: order, subscription: subscription, livemode: livemode,
            values: values, created: 1_795_338_724)
    }

    private func values(_ payload: EmailPayload) -> [String: String] {
        payload.values(shop: "Mugs", page: payload.order.map { "https://pay.example.com/pay/\($0)" })
    }

    @Test func `every email has the shop's name, what it is about and the day`() {
        let values = values(payload(order: Self.order, subscription: "sub_1", values: ["amount": "19.99 EUR"]))
        #expect(
            values == [
                "shop": "Mugs", "order": Self.order.rawValue, "subscription": "sub_1", "date": "22 November 2026",
                "amount": "19.99 EUR",
            ])
    }

    @Test func `test mode says so`() {
        #expect(values(payload(livemode: false))["test_mode"] != nil)
        #expect(values(payload(livemode: true))["test_mode"] == nil)
    }

    @Test(arguments: ["trial_end", "next_attempt"])
    func `times are written as days, and what is none is left out`(name: String) {
        #expect(values(payload(values: [name: "1709164800"]))[name] == "29 February 2024")
        #expect(values(payload(values: [name: "soon"]))[name] == nil)
    }

    @Test func `an order's link is its payment page, unless another is given`() {
        let page = "https://pay.example.com/pay/\(Self.order)"
        #expect(values(payload(.actionRequired, order: Self.order))["link"] == page)
        let hosted = ["link": "https://invoice.stripe.com/i/1"]
        #expect(values(payload(.actionRequired, order: Self.order, values: hosted))["link"] == hosted["link"])
        // That page cannot pay a renewal.
        #expect(values(payload(.actionRequired, order: Self.order, subscription: "sub_1"))["link"] == nil)
        #expect(values(payload(.actionRequired))["link"] == nil)
    }

    @Test(arguments: EmailKind.allCases, OrderStatus.allCases)
    func `who has paid, or gave it up, is not asked to pay`(kind: EmailKind, status: OrderStatus) {
        let asks = [EmailKind.paymentFailed, .actionRequired].contains(kind)
        let isOpen = [OrderStatus.pending, .failed, .requiresAction].contains(status)
        #expect(payload(kind).isOvertaken(by: status) == (asks && !isOpen))
        #expect(!payload(kind, subscription: "sub_1").isOvertaken(by: status))
    }
}
