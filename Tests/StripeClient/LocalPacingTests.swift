import Synchronization
import Testing

@testable import StripeClient

/// A tenant's rate within one process.
struct LocalPacingTests {
    @Test(arguments: [1.0, 2.5, 25, 100])
    func `no stretch of a second has more calls than the rate`(rate: Double) {
        var window = CallWindow()
        var now = Duration.zero
        var starts: [Duration] = []
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            now += .milliseconds(Int.random(in: 0...15, using: &random))
            guard case .after(let wait) = window.next(at: now, rate: rate, longest: .seconds(5)) else { continue }
            starts.append(now + wait)
        }
        #expect(starts == starts.sorted())
        let room = Int(rate)
        #expect(starts.count > room)
        let width = Duration.seconds(Double(room) / rate)
        for (early, late) in zip(starts, starts.dropFirst(room)) { #expect(late - early >= width) }
    }

    @Test func `calls that come together start together while there is room`() {
        var window = CallWindow()
        let turns = (0..<26).map { _ in window.next(at: .zero, rate: 25, longest: .seconds(5)) }
        #expect(turns.prefix(25).allSatisfy { $0 == .after(.zero) })
        #expect(turns.last == .after(.seconds(1)))
    }

    @Test func `a turn too far away is not taken`() {
        var window = CallWindow()
        for _ in 0..<2 { #expect(window.next(at: .zero, rate: 2, longest: .zero) == .after(.zero)) }
        for _ in 0..<9 { #expect(window.next(at: .zero, rate: 2, longest: .milliseconds(999)) == .tooFar(.seconds(1))) }
        #expect(window.next(at: .zero, rate: 2, longest: .seconds(1)) == .after(.seconds(1)))
    }

    @Test func `less than one call a second is a rate too`() {
        var window = CallWindow()
        let turns = (0..<3).map { _ in window.next(at: .zero, rate: 0.5, longest: .seconds(9)) }
        #expect(turns == [.after(.zero), .after(.seconds(2)), .after(.seconds(4))])
    }

    @Test func `another rate holds from the next call on`() {
        var window = CallWindow()
        for _ in 0..<10 { _ = window.next(at: .zero, rate: 10, longest: .seconds(5)) }
        #expect(window.next(at: .zero, rate: 20, longest: .seconds(5)) == .after(.zero))
        #expect(window.next(at: .zero, rate: 5, longest: .seconds(5)) == .after(.seconds(1)))
    }

    @Test func `tenants and modes do not wait for one another`() async {
        let pacing = LocalPacing(clock: TestClock().stripeClock)
        func turn(_ tenant: String, live: Bool) -> StripeTurn {
            pacing.wait(for: tenant, livemode: live, rate: 1, longest: .seconds(5))
        }
        #expect(turn("a", live: false) == .after(.zero))
        #expect(turn("a", live: false) == .after(.seconds(1)))
        #expect(turn("a", live: true) == .after(.zero))
        #expect(turn("b", live: false) == .after(.zero))
    }

    @Test func `many tenants that fell silent do not slow those who call`() async throws {
        let clock = TestClock()
        let pacing = LocalPacing(clock: clock.stripeClock)
        for tenant in 0..<5_000 {
            _ = pacing.wait(for: "ten_\(tenant)", livemode: true, rate: 1, longest: .zero)
            if tenant % 1_000 == 999 { try await clock.stripeClock.sleep(.seconds(2)) }
        }
        #expect(pacing.wait(for: "ten_0", livemode: true, rate: 1, longest: .zero) == .after(.zero))
        #expect(pacing.remembered <= 2_048)
    }

    @Test(arguments: [(nil, 25.0), (3, 3), (0, 0.01), (-1, 0.01), (.nan, 25), (.infinity, 25)] as [(Double?, Double)])
    func `a tenant's own rate is taken where it is one`(setting: Double?, rate: Double) {
        let credentials = StripeCredentials(tenant: "t", secretKey: Bench.alice.secretKey, callsPerSecond: setting)
        #expect(credentials.callsPerSecond == rate)
    }
}
