import Testing

@testable import StripeClient

struct TenantPaceTests {
    @Test func `429s of calls that were on their way together halve the speed once`() {
        var pace = TenantPace(ceiling: 100, now: .zero)
        for _ in 0..<50 { pace.slowDown(at: .milliseconds(500), pause: .zero) }
        #expect(pace.callsPerSecond == 50)
        pace.slowDown(at: .milliseconds(1_500), pause: .zero)
        #expect(pace.callsPerSecond == 25)
    }

    @Test func `it is never slower than one call a second`() {
        var pace = TenantPace(ceiling: 25, now: .zero)
        for second in 0..<30 { pace.slowDown(at: .seconds(second), pause: .zero) }
        #expect(pace.callsPerSecond == 1)
    }

    @Test func `calls queue up behind one another`() {
        var pace = TenantPace(ceiling: 25, now: .zero)
        pace.slowDown(at: .zero, pause: .seconds(1))
        let places = (0..<4).map { _ in pace.reserve(at: .zero, longest: .seconds(5)) }
        #expect(places == [1_000, 1_080, 1_160, 1_240].map { .after(.milliseconds($0)) })
        // Later on the queue is empty again.
        #expect(pace.reserve(at: .seconds(10), longest: .seconds(5)) == .after(.zero))
    }

    @Test func `a full queue takes nothing more`() {
        var pace = TenantPace(ceiling: 25, now: .zero)
        pace.slowDown(at: .zero, pause: .zero)
        var waits = 0
        while case .after = pace.reserve(at: .zero, longest: .seconds(1)) { waits += 1 }
        #expect(waits == 13)
        // Refused calls have moved nobody further back.
        #expect(pace.reserve(at: .zero, longest: .seconds(1)) == .tooFar(.milliseconds(1_040)))
        #expect(pace.reserve(at: .zero, longest: .seconds(2)) == .after(.milliseconds(1_040)))
    }

    @Test func `success brings the speed back in about as many seconds as calls a second were lost`() {
        var pace = TenantPace(ceiling: 25, now: .zero)
        pace.slowDown(at: .zero, pause: .zero)
        var now = Duration.zero
        while !pace.isOver(at: now) {
            guard case .after(let time) = pace.reserve(at: now, longest: .seconds(5)) else { break }
            now += time
            pace.speedUp()
        }
        #expect((.seconds(11)...(.seconds(14))).contains(now))
    }

    @Test func `a tenant that is silent for a minute is forgotten`() {
        let pacer = Pacer()
        pacer.slowDown("a", ceiling: 25, at: .zero, pause: .seconds(60))
        #expect(pacer.reserve(for: "a", at: .seconds(1), longest: .seconds(1)) == .tooFar(.seconds(59)))
        #expect(pacer.reserve(for: "a", at: .seconds(60), longest: .seconds(1)) == .after(.zero))
        #expect(pacer.reserve(for: "b", at: .zero, longest: .seconds(1)) == .after(.zero))
    }
}
