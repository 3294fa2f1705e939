import Commerce
import ServiceRuntime
import StripeClient
import StripeModels

extension StripeAccess {
    /// What is sent depends on the row alone, so that asking again is the same call.
    func createRefund(_ refund: OrderRefund) async throws -> Refund {
        var form = RefundForm(paymentIntent: refund.paymentIntent)
        form.amount = refund.amount
        form.reason = refund.reason.flatMap(RefundForm.Reason.init(rawValue:))
        form.metadata = refund.stripeMetadata
        return try await call { [form] credentials in
            try await client.createRefund(form, idempotencyKey: refund.stripeIdempotencyKey, as: credentials)
        }
    }

    /// The refund that was made for a row without our hearing of it; nil where none was.
    func unheardRefund(of refund: OrderRefund) async throws -> Refund? {
        try await call { credentials in
            for try await made in client.refunds(of: refund.paymentIntent, as: credentials)
            where made.metadata[StripeMark.refundKey] == refund.id.rawValue {
                return made
            }
            return nil
        }
    }
}
