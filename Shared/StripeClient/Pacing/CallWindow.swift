/// The latest calls of one tenant, so that no stretch of a second has more of them than its rate. Calls that come
/// together start together as long as there is room.
struct CallWindow {
    /// The oldest first; the last ones may be in the future.
    private var starts: [Duration] = []
    /// How long a call takes up room.
    private var width = Duration.seconds(1)

    mutating func next(at now: Duration, rate: Double, longest: Duration) -> StripeTurn {
        // Below one a second, one call has the window for itself.
        let room = max(1, Int(rate))
        width = .seconds(Double(room) / rate)
        starts.removeFirst(max(0, starts.count - room))
        let start = starts.count < room ? max(now, starts.last ?? now) : max(now, starts[0] + width)
        guard start - now <= longest else { return .tooFar(start - now) }
        starts.append(start)
        return .after(start - now)
    }

    func isOver(at now: Duration) -> Bool {
        starts.last.map { $0 + width <= now } ?? true
    }
}
