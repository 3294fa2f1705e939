import Commerce
import StripeClient
import StripeModels
import TenantStripe

extension StripeAccess {
    func createRefund(_ refund: OrderRefund) async throws -> Refund {
        try await call { credentials in try await client.createRefund(of: refund, as: credentials) }
    }

    /// The refund that was made for a row without our hearing of it; nil where none was.
    func unheardRefund(of refund: OrderRefund) async throws -> Refund? {
        try await call { credentials in try await client.unheardRefund(of: refund, as: credentials) }
    }
}
