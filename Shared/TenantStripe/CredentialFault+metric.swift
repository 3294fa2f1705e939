package import Messaging
import Metrics
package import StripeClient

extension StripeError.CredentialFault {
    package static let counter = "stripe_credentials_refused_total"

    /// A tenant's key was refused: somebody has to mend it.
    package func count(of tenant: TenantID) {
        Counter(label: Self.counter, dimensions: [("tenant", tenant.rawValue), ("fault", rawValue)]).increment()
    }
}
