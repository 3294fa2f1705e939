import Testing

@testable import StripeSandbox

@Suite struct DiscountTests {
    @Test(
        arguments: [
            (["percent_off": 25.0], [2900, 333], [725, 83]),
            (["percent_off": 33.3], [100, 100, 100], [33, 33, 33]),
            (["percent_off": 100.0], [2900, 333], [2900, 333]),
            (["amount_off": 1000, "currency": "eur"], [2900, 333], [897, 103]),
            (["amount_off": 100, "currency": "eur"], [100, 100, 100], [33, 34, 33]),
            (["amount_off": 9999, "currency": "eur"], [2900, 333], [2900, 333]),
            (["amount_off": 1000, "currency": "usd"], [2900, 333], [0, 0]),
            (["amount_off": 1000, "currency": "eur"], [0, 0], [0, 0]),
        ] as [(JSON, [Int64], [Int64])])
    func `a discount is shared out to the last minor unit, and never more than is paid`(
        coupon: JSON, amounts: [Int64], shares: [Int64]
    ) {
        let lines = amounts.map { (amount: $0, product: "prod_1") }
        #expect(Self.discount(coupon).shares(of: lines, currency: "eur") == shares)
    }

    @Test func `a coupon for some products leaves the others alone`() {
        let discount = Self.discount(["amount_off": 500, "currency": "eur"], products: ["prod_2"])
        let lines: [(amount: Int64, product: String)] = [(1000, "prod_1"), (300, "prod_2"), (200, "prod_2")]
        #expect(discount.shares(of: lines, currency: "eur") == [0, 300, 200])
    }

    private static func discount(_ coupon: JSON, products: [JSON] = []) -> AppliedDiscount {
        AppliedDiscount(
            coupon: Record(
                kind: .coupon, id: "coupon", sequence: 1, body: coupon, hidden: ["products": .array(products)]),
            promotionCode: nil)
    }
}
