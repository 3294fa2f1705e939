import Commerce
import Database
import ServiceRuntime
import StripeClient
import StripeModels
import TenantStripe

extension StripeAccess {
    /// The PaymentIntent of an order, which is made unless the order has one. What is sent depends on the order's row
    /// alone, so that asking again is the same call under the same key, and Stripe answers with the same PaymentIntent.
    ///
    /// The key changes when a failure that used it up was noted on the order. If Stripe did make a PaymentIntent then,
    /// nobody has its client secret, and so nobody can pay it. That of an off-session charge pays itself: see
    /// `ChargeSavedCard` for when its key may change.
    func paymentIntent(of order: Order) async throws -> PaymentIntent {
        if let known = order.paymentIntent { return try await paymentIntent(known) }
        var form = PaymentIntentForm(amount: order.amount, currency: order.currency)
        form.description = order.description
        form.metadata = order.stripeMetadata
        form.customer = order.customer
        form.receiptEmail = order.customerEmail
        form.captureMethod = order.captureMethod.map(PaymentIntent.CaptureMethod.init(_:))
        form.setupFutureUsage = order.setupFutureUsage.flatMap(PaymentIntentForm.SetupFutureUsage.init)
        form.applicationFee = order.applicationFee(of: order.amount)
        if order.isOffSession {
            form.paymentMethod = order.paymentMethod
            form.confirmation = .offSession
        }
        return try await call { [form] credentials in
            try await client.createPaymentIntent(
                form, idempotencyKey: order.stripeIdempotencyKey("create", attempt: Int(order.version)), as: credentials
            )
        }
    }

    func paymentIntent(_ id: String) async throws -> PaymentIntent {
        try await call { credentials in try await client.paymentIntent(id, as: credentials) }
    }

    /// The PaymentIntent that was made for an order without our hearing of it; nil where none was.
    ///
    /// For an off-session charge, which must not be asked for again to find out.
    func unheardPaymentIntent(of order: Order) async throws -> PaymentIntent? {
        try await call { credentials in try await client.unheardPaymentIntent(of: order, as: credentials) }
    }

    /// Stripe keeps a refusal under its key for a day, so the key changes with the order's version: once the payment has
    /// moved on, it is asked anew.
    func cancelPaymentIntent(_ id: String, of order: Order) async throws -> PaymentIntent {
        try await call { credentials in
            try await client.cancelPaymentIntent(
                id, idempotencyKey: order.stripeIdempotencyKey("cancel", attempt: Int(order.version)), as: credentials)
        }
    }

    /// - Parameter amount: minor units of the order's currency; nil for all that is authorized.
    func capturePaymentIntent(_ id: String, amount: Int64?, of order: Order) async throws -> PaymentIntent {
        // Another amount is another call.
        let name = amount.map { "capture-\($0)" } ?? "capture"
        return try await call { credentials in
            try await client.capturePaymentIntent(
                id, amount: amount, applicationFee: amount.flatMap(order.applicationFee(of:)),
                idempotencyKey: order.stripeIdempotencyKey(name, attempt: Int(order.version)), as: credentials)
        }
    }

    /// Notes on the order that the key of the last call is of no more use, so that the next call has another.
    func noteUsedUpKey(_ error: any Error, on order: Order, _ requestID: String, in connection: Connection) throws {
        guard let error = error as? APIError, error.usedUpStripeKey else { return }
        try OrderStore.note(
            .request(requestID, "Stripe failed"), detail: error.code, on: order.id, for: order.scope, in: connection)
    }

    /// What Stripe will not do for an order, however often it is asked, ends its attempt. Nothing is delivered: this answer
    /// tells the caller.
    func refuse(_ order: Order, with error: APIError, _ requestID: String, in connection: Connection) throws -> Reply {
        _ = try OrderStore.move(
            order.id, for: order.scope, by: .paymentFailed(error.failure), cause: .stripeRefused, in: connection)
        return Reply(error, requestID: requestID)
    }

    /// After a failure that another try may mend, for an order that nobody can have paid: with an `Idempotency-Key` it
    /// stays for the request that comes again. Without one nobody was told its id or has what the buyer needs, so it is
    /// canceled, with the failure in its history.
    func giveUp(
        on order: Order, after error: any Error, isRepeatable: Bool, _ requestID: String, in connection: Connection
    ) throws {
        if isRepeatable { return try noteUsedUpKey(error, on: order, requestID, in: connection) }
        let failure = OrderFailure(
            code: (error as? APIError)?.code ?? "internal_error", message: "The payment could not be started.")
        for event in [OrderEvent.paymentFailed(failure), .canceled] {
            _ = try OrderStore.move(
                order.id, for: order.scope, by: event,
                cause: .request(requestID, "given up: there is no Idempotency-Key to try again with"), in: connection)
        }
    }
}
