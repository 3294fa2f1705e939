import Commerce
import Database
import HTTPTypes
import Logging
import Messaging
import ServiceRuntime
import StripeClient
import StripeModels

/// Stripe, in the name of one tenant and for one request: its keys, a limit on how long it may take, and its errors in
/// the words of this API.
struct StripeAccess: Sendable {
    let client: StripeClient
    let tenants: TenantStore
    let tenant: TenantID
    /// The longest that all tries of one call may take together. Below the drain's grace, so that a request in flight
    /// is answered before this process ends.
    let patience: Duration
    let logger: Logger

    /// The PaymentIntent of an order, which is made unless the order has one. What is sent depends on the order's row
    /// alone, so that asking again is the same call under the same key, and Stripe answers with the same PaymentIntent.
    ///
    /// The key changes when a failure that used it up was noted on the order. If Stripe did make a PaymentIntent then,
    /// nobody has its client secret, and so nobody can pay it.
    func paymentIntent(of order: Order) async throws -> PaymentIntent {
        if let known = order.paymentIntent { return try await paymentIntent(known) }
        var form = PaymentIntentForm(amount: order.amount, currency: order.currency)
        form.description = order.description
        form.metadata = order.stripeMetadata
        form.customer = order.customer
        form.receiptEmail = order.customerEmail
        form.captureMethod = order.captureMethod.map(PaymentIntent.CaptureMethod.init(_:))
        form.setupFutureUsage = order.setupFutureUsage.flatMap(PaymentIntentForm.SetupFutureUsage.init)
        return try await call { [form] credentials in
            try await client.createPaymentIntent(
                form, idempotencyKey: order.stripeIdempotencyKey("create", attempt: Int(order.version)), as: credentials
            )
        }
    }

    /// Stripe keeps a refusal under its key for a day, so the key changes with the order's version: once the payment has
    /// moved on, it is asked anew.
    func cancelPaymentIntent(_ id: String, of order: Order) async throws -> PaymentIntent {
        try await call { credentials in
            try await client.cancelPaymentIntent(
                id, idempotencyKey: order.stripeIdempotencyKey("cancel", attempt: Int(order.version)), as: credentials)
        }
    }

    func paymentIntent(_ id: String) async throws -> PaymentIntent {
        try await call { credentials in try await client.paymentIntent(id, as: credentials) }
    }

    /// Notes on the order that the key of the last call is of no more use, so that the next call has another.
    func noteUsedUpKey(_ error: any Error, on order: Order, _ requestID: String, in connection: Connection) throws {
        guard let error = error as? APIError, error.usedUpStripeKey else { return }
        try OrderStore.note(
            .request(requestID, "Stripe failed"), detail: error.code, on: order.id, for: order.scope, in: connection)
    }

    /// - Throws: `StripeRefusal` for what Stripe will not do however often it is asked; `APIError` for all else.
    private func call<Answer: Sendable>(
        _ body: @escaping @Sendable (StripeCredentials) async throws -> Answer
    ) async throws -> Answer {
        let key = try await tenants.stripeCredentials(of: tenant)
        let credentials = StripeCredentials(tenant: tenant.rawValue, secretKey: key.key, account: key.account)
        do {
            return try await withTimeLimit(patience) { try await body(credentials) }
        } catch is TimeLimitExceeded {
            logger.warning("Stripe did not answer in time", metadata: ["tenant": "\(tenant)"])
            throw APIError.stripeUnavailable(.serviceUnavailable)
        } catch let error as StripeError {
            throw failure(error)
        }
    }

    private func failure(_ error: StripeError) -> any Error {
        logger.log(
            level: error.meansBadCredentials ? .error : .warning, "A call to Stripe failed",
            metadata: [
                "tenant": "\(tenant)", "error": "\(error)", "status": "\(error.status.map(String.init) ?? "none")",
                "code": "\(error.body?.code ?? "none")",
            ])
        return error.asFailure
    }
}
