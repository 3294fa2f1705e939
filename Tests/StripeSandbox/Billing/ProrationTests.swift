import Testing

@testable import StripeSandbox

struct ProrationTests {
    private static let march = Period(start: 1_772_366_400, end: 1_775_044_800)

    @Test(arguments: [
        (Int64(3000), Int64(0), Int64(3000)), (3000, 2_678_400, 0), (3000, 1_339_200, 1500), (1, 1_339_200, 1),
        (1, 1_339_201, 0), (2000, 794_000, 1407), (9999, 1, 9999), (9999, 2_678_399, 0), (0, 1_000_000, 0),
        (10_007, 893, 10_004),
    ])
    func `the rest of a period is a part of its price, half rounded up`(
        _ amount: Int64, _ passed: Int64, _ rest: Int64
    ) {
        #expect(Proration.rest(of: amount, from: Self.march.start + passed, in: Self.march) == rest)
    }

    @Test func `before the period it is all, after it nothing`() {
        #expect(Proration.rest(of: 500, from: Self.march.start - 10, in: Self.march) == 500)
        #expect(Proration.rest(of: 500, from: Self.march.end + 10, in: Self.march) == 0)
        #expect(Proration.rest(of: 500, from: 0, in: Period(start: 0, end: 0)) == 0)
    }

    @Test func `it is exact where a product of 64 bits would not be`() {
        let years = Period(start: 0, end: 3 * 366 * 86400)
        let amount: Int64 = 999_999_999_999
        #expect(Proration.rest(of: amount, from: 0, in: years) == amount)
        #expect(Proration.rest(of: amount, from: years.end / 3, in: years) == 666_666_666_666)
        #expect(Proration.part(of: .max, .max - 1, of: .max) == .max - 1)
    }

    @Test func `what is used and what is left make the whole, to one unit`() {
        for amount: Int64 in [1, 99, 1999, 100_000_007] {
            for passed in stride(from: Int64(0), through: Self.march.length, by: 86_399) {
                let left = Proration.rest(of: amount, from: Self.march.start + passed, in: Self.march)
                let used = Proration.part(of: amount, passed, of: Self.march.length)
                #expect((0...1).contains(left + used - amount))
            }
        }
    }

    @Test func `what is left never grows with time`() {
        var before = Int64.max
        for passed in stride(from: Int64(0), through: Self.march.length, by: 1009) {
            let left = Proration.rest(of: 1999, from: Self.march.start + passed, in: Self.march)
            #expect(left <= before)
            before = left
        }
    }
}
