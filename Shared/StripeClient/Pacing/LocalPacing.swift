import Synchronization

/// Each tenant's rate, for the calls of this process alone.
package final class LocalPacing: StripePacing {
    private struct Key: Hashable {
        let tenant: String
        let livemode: Bool
    }

    private struct State {
        var windows: [Key: CallWindow] = [:]
        /// At how many windows to look for those that are over.
        var crowded = 1_024
    }

    private let now: @Sendable () -> Duration
    private let state = Mutex(State())

    package init(clock: StripeClock = .system) {
        now = clock.now
    }

    /// How many tenants are in memory.
    var remembered: Int { state.withLock { $0.windows.count } }

    package func wait(for tenant: String, livemode: Bool, rate: Double, longest: Duration) -> StripeTurn {
        let now = now()
        return state.withLock { state in
            if state.windows.count >= state.crowded {
                state.windows = state.windows.filter { !$0.value.isOver(at: now) }
                state.crowded = max(1_024, state.windows.count * 2)
            }
            return state.windows[Key(tenant: tenant, livemode: livemode), default: CallWindow()]
                .next(at: now, rate: rate, longest: longest)
        }
    }
}
