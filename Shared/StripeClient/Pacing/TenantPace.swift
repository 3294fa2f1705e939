/// How fast one tenant may call after Stripe said 429: at half the speed, then faster with every success until the
/// limit is reached again. All times are on the client's clock.
struct TenantPace {
    /// Calls a second that the tenant may make.
    private let ceiling: Double
    private(set) var callsPerSecond: Double
    private var nextFree: Duration
    private var slowedAt: Duration

    /// One call a second gets through any of Stripe's limits.
    private static let slowest = 1.0
    /// 429s of calls that were on their way together are one sign, not several.
    private static let together = Duration.seconds(1)
    /// After this long without a 429 nothing is left to be careful about.
    private static let forgetAfter = Duration.seconds(60)

    init(ceiling: Double, now: Duration) {
        self.ceiling = ceiling
        callsPerSecond = ceiling
        nextFree = now
        slowedAt = now - Self.together
    }

    /// Takes the next place in the tenant's queue; nothing is taken when it is further away than `longest`.
    mutating func reserve(at now: Duration, longest: Duration) -> StripeTurn {
        let start = max(now, nextFree)
        guard start - now <= longest else { return .tooFar(start - now) }
        nextFree = start + .seconds(1 / callsPerSecond)
        return .after(start - now)
    }

    /// Stripe said 429 and to come back after `pause`.
    mutating func slowDown(at now: Duration, pause: Duration) {
        if now - slowedAt >= Self.together {
            callsPerSecond = max(Self.slowest, callsPerSecond / 2)
            slowedAt = now
        }
        nextFree = max(nextFree, now + pause)
    }

    /// A call got through.
    mutating func speedUp() {
        // Adds up to about one call a second for each second at full use.
        callsPerSecond += 1 / callsPerSecond
    }

    func isOver(at now: Duration) -> Bool {
        callsPerSecond >= ceiling || now - slowedAt >= Self.forgetAfter
    }
}
