import Commerce
import Database
import HTTPTypes
import ServiceRuntime
import StripeModels

/// Makes an order and its Checkout Session: `POST /v1/checkout_sessions`.
///
/// As with `StartPayment`, the order is on disk before Stripe is asked, under a key that comes from it
/// (`ord_…:session:1`). The session's address is in this answer and nowhere else, so an order without one is an order
/// that nobody can pay.
struct StartCheckout: TwoStepCall {
    let wanted: CheckoutRequest
    let caller: Caller
    let stripe: StripeAccess
    let requestID: String

    struct Note: Sendable {
        let order: Order
    }

    enum Answer: Sendable {
        case made(CheckoutSession)
        case refused(APIError)
    }

    func begin(resuming order: OrderID?, in connection: Connection) throws -> Begun<Note> {
        if let order, let resumed = try OrderStore.get(order, for: caller.scope, in: connection) {
            // Canceled before Stripe made anything for it.
            if resumed.status.isFinal { return .answered(try Reply(.created, OrderJSON(resumed))) }
            return .noted(Note(order: resumed), order: order)
        }
        let order = try OrderStore.insert(
            try wanted.order(for: caller.scope, in: connection), for: caller.scope,
            cause: .request(requestID, "checkout started"), in: connection)
        return .noted(Note(order: order), order: order.id)
    }

    func ask(by note: Note) async throws -> Answer {
        do {
            if let known = note.order.checkoutSession { return .made(try await stripe.checkoutSession(known)) }
            let price = try await price()
            try await stripe.checkCustomer(wanted.customer)
            let form = wanted.form(for: note.order, pricedBy: price, currency: try await currency())
            return .made(try await stripe.createCheckoutSession(form, for: note.order))
        } catch let refusal as StripeRefusal {
            return .refused(refusal.error)
        }
    }

    /// The price that the request names, if it is the tenant's own and one for this mode.
    private func price() async throws -> Price? {
        guard case .price(let id, _) = wanted.content else { return nil }
        let price = try await stripe.price(id)
        func refuse(_ code: String, _ message: String) throws -> Never {
            throw StripeRefusal(error: .invalidRequest(param: "price", code: code, message: message))
        }
        if !price.active { try refuse("price_inactive", "The price is not active; it cannot be sold any more.") }
        switch (wanted.mode, price.recurring) {
        case (.subscription, nil):
            try refuse("price_not_recurring", "Mode subscription needs a recurring price; this one is paid once.")
        case (.payment, .some):
            try refuse("price_recurring", "Mode payment needs a price that is paid once; this one is recurring.")
        case (.payment, nil), (.subscription, .some), (.setup, _): return price
        }
    }

    /// Stripe chooses the ways to pay of a setup by its currency.
    private func currency() async throws -> Currency? {
        guard wanted.mode == .setup else { return nil }
        if let currency = wanted.currency { return currency }
        guard let currency = try await stripe.accountCurrency() else {
            throw StripeRefusal(error: .missing("currency"))
        }
        return currency
    }

    func finish(_ note: Note, with answer: Answer, in connection: Connection) throws -> Reply {
        switch answer {
        case .made(let session):
            // Canceled while Stripe was being asked: the session's address is told to nobody.
            if let order = try OrderStore.get(note.order.id, for: caller.scope, forUpdate: true, in: connection),
                order.checkoutSession == nil, order.status.isFinal
            {
                return try Reply(.created, OrderJSON(order))
            }
            let order = try OrderStore.attachCheckoutSession(
                session, to: note.order.id, for: caller.scope, in: connection)
            return try Reply(.created, OrderJSON(order))
        case .refused(let error):
            return try stripe.refuse(note.order, with: error, requestID, in: connection)
        }
    }

    func giveUp(_ note: Note, after error: any Error, isRepeatable: Bool, in connection: Connection) throws {
        try stripe.giveUp(on: note.order, after: error, isRepeatable: isRepeatable, requestID, in: connection)
    }
}
