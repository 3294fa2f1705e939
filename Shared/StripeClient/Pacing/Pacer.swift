import Synchronization

/// The pace of every tenant that Stripe lately answered 429. One tenant's backlog slows nobody else.
final class Pacer: Sendable {
    private let paces = Mutex<[String: TenantPace]>([:])

    func reserve(for tenant: String, at now: Duration, longest: Duration) -> StripeTurn {
        paces.withLock { paces in
            if paces[tenant]?.isOver(at: now) == true { paces[tenant] = nil }
            return paces[tenant]?.reserve(at: now, longest: longest) ?? .after(.zero)
        }
    }

    func slowDown(_ tenant: String, ceiling: Double, at now: Duration, pause: Duration) {
        paces.withLock { paces in
            // The one place where entries are made is also where those of silent tenants go.
            paces = paces.filter { !$0.value.isOver(at: now) }
            paces[tenant, default: TenantPace(ceiling: ceiling, now: now)].slowDown(at: now, pause: pause)
        }
    }

    func speedUp(_ tenant: String) {
        paces.withLock { $0[tenant]?.speedUp() }
    }
}
