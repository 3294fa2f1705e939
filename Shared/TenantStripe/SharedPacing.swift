package import Commerce
import Messaging
package import StripeClient

/// The pace of each tenant's calls, shared by all processes through the database, as the Stripe client asks for it.
package struct SharedPacing: StripePacing {
    private let pace: SharedPace

    package init(_ pace: SharedPace) { self.pace = pace }

    package func wait(
        for tenant: String, livemode: Bool, rate: Double, longest: Duration
    ) async throws -> StripeTurn {
        let place = try await pace.reserve(
            tenant: TenantID(rawValue: tenant), livemode: livemode, rate: rate, longest: longest.wholeMicroseconds)
        return switch place {
        case .after(let wait): .after(.microseconds(wait))
        case .tooFar(let wait): .tooFar(.microseconds(wait))
        }
    }
}

extension Duration {
    /// Rounded down; at most a century.
    fileprivate var wholeMicroseconds: Int64 {
        let (seconds, attoseconds) = components
        return min(seconds, 3_155_760_000) * 1_000_000 + attoseconds / 1_000_000_000_000
    }
}
