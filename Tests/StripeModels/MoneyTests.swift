import StripeModels
import Testing

struct MoneyTests {
    let usd = Currency(rawValue: "usd")

    @Test func `amounts of one currency add up`() throws {
        #expect(try Money(150, usd).adding(Money(50, usd)) == Money(200, usd))
        #expect(try Money(150, usd).times(3) == Money(450, usd))
        #expect(Money(150, usd).description == "1.50 USD")
    }

    @Test func `amounts of two currencies never do`() {
        let error = #expect(throws: AmountError.self) {
            try Money(1, usd).adding(Money(1, Currency(rawValue: "eur")))
        }
        #expect(error?.code == "invalid_currency")
    }

    @Test func `nothing wraps around`() {
        let sum = #expect(throws: AmountError.self) { try Money(.max, usd).adding(Money(1, usd)) }
        #expect(sum?.code == "amount_too_large")
        let product = #expect(throws: AmountError.self) { try Money(99_999_999, usd).times(.max) }
        #expect(product?.code == "amount_too_large")
        #expect(throws: AmountError.self) { try Money(.min, usd).times(-1) }
    }
}
