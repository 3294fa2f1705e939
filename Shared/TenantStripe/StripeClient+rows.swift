package import Commerce
package import StripeClient
package import StripeModels

/// Calls that stand for a row of ours, whoever makes them: a key that is used again with other parameters is refused, so
/// what is sent follows from the row in one place alone.
extension StripeClient {
    /// After this many µs what a call did, whose answer was lost, is in Stripe's lists if it did anything. Until then its
    /// key must not give way to another one.
    package static let settling: Int64 = 600 * 1_000_000

    /// Makes a refund at Stripe, or has the one that the row's key has made already.
    package func createRefund(
        of refund: OrderRefund, as credentials: StripeCredentials
    ) async throws(StripeError) -> Refund {
        var form = RefundForm(paymentIntent: refund.paymentIntent)
        form.amount = refund.amount
        form.reason = refund.reason.flatMap(RefundForm.Reason.init(rawValue:))
        form.metadata = refund.stripeMetadata
        return try await createRefund(form, idempotencyKey: refund.stripeIdempotencyKey, as: credentials)
    }

    /// The refund that was made for a row without our hearing of it; nil where none was.
    package func unheardRefund(
        of refund: OrderRefund, as credentials: StripeCredentials
    ) async throws(StripeError) -> Refund? {
        for try await made in refunds(of: refund.paymentIntent, as: credentials)
        where made.metadata[StripeMark.refundKey] == refund.id.rawValue {
            return made
        }
        return nil
    }

    /// The PaymentIntent that was made for an order without our hearing of it; nil where none was.
    package func unheardPaymentIntent(
        of order: Order, as credentials: StripeCredentials
    ) async throws(StripeError) -> PaymentIntent? {
        // Stripe's clock is another one. After a day its idempotency keys are gone, and nothing is made any more.
        let made = order.createdAt / 1_000_000
        let span = (made - 600)...(made + 86_400 + 600)
        for try await intent in paymentIntents(of: order.customer, created: span, as: credentials)
        where Order.id(inStripeMetadata: intent.metadata) == order.id {
            return intent
        }
        return nil
    }
}
