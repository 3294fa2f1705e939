import Commerce
import Database
import HTTPTypes
import Security
import ServiceRuntime
import StripeClient
import StripeModels
import TenantStripe

/// Charges a saved payment method without its owner: `POST /v1/payment_intents/off_session`.
///
/// This call to Stripe takes money by itself, so its key never changes as long as it is not known what came of it: a
/// second key could charge twice. Where the answer was lost or was an error of Stripe's own, the charge is looked for by
/// the order's id in its metadata. One that is found is what came of it. One that is not found is unknown still, and the
/// order stays `pending` for the request that comes again, or for the worker, which looks again later.
///
/// Another key is taken only when three things are known: Stripe repeats its own error, so the call that it was for has
/// ended; nothing has happened to the order for so long that whatever that call did is listed; and no charge is.
struct ChargeSavedCard: TwoStepCall {
    let wanted: SavedCardRequest
    let caller: Caller
    let stripe: StripeAccess
    let keys: KeyRing
    let publicBaseURL: String
    let requestID: String

    struct Note: Sendable {
        let order: Order
        /// An earlier request asked Stripe already, or was about to.
        let isResumed: Bool
        /// The order has not changed for so long that what its first call did is listed by now, if it did anything. Taking
        /// another key is a change.
        var isSettled = false
    }

    enum Answer: Sendable {
        case charged(PaymentIntent)
        /// - Parameter intent: what the attempt left behind; the owner can finish it.
        case declined(StripeErrorBody, PaymentIntent?)
        case refused(APIError)
    }

    func begin(resuming order: OrderID?, in connection: Connection) throws -> Begun<Note> {
        if let order, let resumed = try OrderStore.get(order, for: caller.scope, in: connection) {
            // Closed meanwhile, and never charged: nobody wants the money any more.
            if resumed.status.isFinal, resumed.paymentIntent == nil {
                return .answered(try Reply(.created, OrderJSON(resumed)))
            }
            let isSettled = try connection.now() - resumed.updatedAt > StripeClient.settling
            return .noted(Note(order: resumed, isResumed: true, isSettled: isSettled), order: order)
        }
        let order = try OrderStore.insert(
            try wanted.order(for: caller.scope, in: connection), for: caller.scope,
            cause: .request(requestID, "saved card charged"), in: connection)
        return .noted(Note(order: order, isResumed: false), order: order.id)
    }

    func ask(by note: Note) async throws -> Answer {
        do {
            if let known = note.order.paymentIntent { return .charged(try await stripe.paymentIntent(known)) }
            if note.isResumed, let unheard = try await stripe.unheardPaymentIntent(of: note.order) {
                return .charged(unheard)
            }
            try await check(note.order)
            return .charged(try await charge(note))
        } catch let refusal as StripeRefusal {
            guard let body = refusal.body, body.type == .cardError else { return .refused(refusal.error) }
            return .declined(body, body.paymentIntent)
        }
    }

    private func check(_ order: Order) async throws {
        guard let customer = order.customer, let method = order.paymentMethod else { return }
        try await stripe.checkCustomer(customer)
        try await stripe.paymentMethod(method, of: customer)
    }

    private func charge(_ note: Note) async throws -> PaymentIntent {
        do {
            return try await stripe.paymentIntent(of: note.order)
        } catch let error as APIError where error.leavesStripeUnknown {
            let unheard: PaymentIntent?
            do {
                unheard = try await stripe.unheardPaymentIntent(of: note.order)
            } catch _ {
                throw error
            }
            if let unheard { return unheard }
            guard note.isSettled, error.provesStripeCallEnded else { throw error }
            return try await stripe.paymentIntent(of: try await withNextKey(note.order))
        }
    }

    /// Notes on disk that the order's key is used up, before another one is.
    private func withNextKey(_ order: Order) async throws -> Order {
        try await stripe.database.write { connection in
            try OrderStore.note(
                .request(requestID, "Stripe failed without charging"), on: order.id, for: order.scope, in: connection)
        }
    }

    func finish(_ note: Note, with answer: Answer, in connection: Connection) throws -> Reply {
        switch answer {
        case .charged(let intent):
            let order = try follow(intent, note.order, in: connection)
            switch intent.status {
            case .requiresPaymentMethod, .requiresAction:
                return try declined(order, intent.lastPaymentError, in: connection)
            case .succeeded, .processing, .requiresCapture, .canceled, .requiresConfirmation, .unknown:
                return try Reply(.created, OrderJSON(order))
            }
        case .declined(let body, .some(let intent)):
            return try declined(try follow(intent, note.order, in: connection), body, in: connection)
        case .declined(let body, nil):
            let move = try OrderStore.move(
                note.order.id, for: caller.scope, by: .paymentFailed(OrderFailure(body)), cause: cause,
                in: connection)
            return try declined(try Fulfillment.follow(move, in: connection), body, in: connection)
        case .refused(let error):
            return try stripe.refuse(note.order, with: error, requestID, in: connection)
        }
    }

    private var cause: OrderCause { .request(requestID, "saved card charged") }

    /// The order after what Stripe says of its payment.
    private func follow(_ intent: PaymentIntent, _ begun: Order, in connection: Connection) throws -> Order {
        let order = try OrderStore.attachPaymentIntent(
            intent.id, clientSecret: intent.clientSecret.map(Secret.init), to: begun.id, for: caller.scope, keys: keys,
            in: connection)
        // Were it refused because an event was faster, the request would begin again and without an Idempotency-Key
        // charge again. What is older than the order counts as a report, which moves nothing backwards.
        let observation: Observation = order.revision == begun.revision ? .read : .reported
        let move = try OrderStore.apply(
            intent, observation, to: begun.id, for: caller.scope, cause: cause, in: connection)
        return try Fulfillment.follow(move, in: connection)
    }

    private func declined(_ order: Order, _ body: StripeErrorBody?, in connection: Connection) throws -> Reply {
        let decline = CardDecline(body)
        if decline.needsBuyer, let notice = EmailNotice.actionRequired(order: order) {
            try Emails.enqueue(notice, of: order, in: connection)
        }
        return try Reply(
            decline, order, clientSecret: try order.clientSecret(keys),
            publishableKey: caller.key.tenant.stripePublishableKey, publicBaseURL: publicBaseURL, requestID: requestID)
    }

    /// The key never changes here: see above. Without an `Idempotency-Key` an order that was certainly not charged is
    /// closed, since nobody can ask for it again.
    func giveUp(_ note: Note, after error: any Error, isRepeatable: Bool, in connection: Connection) throws {
        guard !isRepeatable, let error = error as? APIError, !error.leavesStripeUnknown else { return }
        try stripe.giveUp(on: note.order, after: error, isRepeatable: false, requestID, in: connection)
    }
}
