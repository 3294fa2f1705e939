import Messaging
import Testing

@Suite struct RetryPolicyTests {
    /// A thousand draws: least, most, and whether each is within ±20 % of `base`.
    private func expectJitter(_ base: Duration, _ draw: () -> Duration?) throws {
        var drawn: [Duration] = []
        for _ in 0..<1000 { drawn.append(try #require(draw())) }
        let (least, most) = (try #require(drawn.min()), try #require(drawn.max()))
        #expect(least >= base * 0.8 && most <= base * 1.2)
        // Spread over the whole of it: all 1000 draws on one side of 0.85 or 1.15 do not happen by chance.
        #expect(least < base * 0.85 && most > base * 1.15)
    }

    @Test func `exponential delays double up to the cap, for so many attempts`() throws {
        let policy = RetryPolicy.exponential(first: .seconds(2), cap: .seconds(60), attempts: 10)
        for (attempt, seconds) in zip(1..., [2, 4, 8, 16, 32, 60, 60, 60, 60]) {
            try expectJitter(.seconds(seconds)) { policy.delay(afterAttempt: attempt) }
        }
        #expect(policy.delay(afterAttempt: 10) == nil)
        #expect(policy.delay(afterAttempt: 11) == nil)
    }

    @Test func `another factor grows otherwise, and no attempt means the first`() throws {
        let policy = RetryPolicy.exponential(first: .milliseconds(100), factor: 10, cap: .seconds(50), attempts: 99)
        for (attempt, base) in zip(0..., [0.1, 0.1, 1, 10, 50, 50]) {
            try expectJitter(.seconds(base)) { policy.delay(afterAttempt: attempt) }
        }
        // Far out it is the cap still, without an overflow.
        try expectJitter(.seconds(50)) { policy.delay(afterAttempt: 98) }
        #expect(
            RetryPolicy.exponential(first: .seconds(1), cap: .seconds(9), attempts: 1).delay(afterAttempt: 1) == nil)
    }

    @Test func `a schedule gives one delay after each attempt, and one attempt after the last`() throws {
        let policy = RetryPolicy.schedule([.seconds(5), .seconds(300), .seconds(1800)])
        for (attempt, seconds) in [(0, 5), (1, 5), (2, 300), (3, 1800)] {
            try expectJitter(.seconds(seconds)) { policy.delay(afterAttempt: attempt) }
        }
        #expect(policy.delay(afterAttempt: 4) == nil)
        #expect(RetryPolicy.schedule([]).delay(afterAttempt: 1) == nil)
    }
}
