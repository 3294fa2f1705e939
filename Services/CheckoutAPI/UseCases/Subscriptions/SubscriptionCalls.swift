import Commerce
import ServiceRuntime
import StripeClient
import StripeModels

/// What a tenant does with a subscription of its own: `/v1/subscriptions/{id}` and what is below.
///
/// Each begins by reading the subscription at Stripe, which tells whose it is and what can be done, and ends by reading
/// it again: that answer is what the caller gets and what our row says. Stripe's keys come from the request, so one that
/// is repeated is the same call.
struct SubscriptionCalls: Sendable {
    let id: String
    let stripe: StripeAccess
    /// What Stripe's idempotency key begins with; see `CallKey`.
    let keyBase: String
    let requestID: String

    /// What a change would cost. Nothing is made, and what Stripe cannot reckon is an error.
    func preview(_ wanted: SubscriptionChangeRequest) async throws -> SubscriptionPreviewJSON {
        let change = try await change(wanted)
        let invoice = try await stripe.call(under: keyBase) { [client = stripe.client] key, credentials in
            try await client.previewInvoice(of: id, change, idempotencyKey: key, as: credentials)
        }
        return SubscriptionPreviewJSON(id, invoice, wanted.prorationBehavior)
    }

    /// Changes it as it was previewed: the same items, from the same second on. What has to be paid now is paid, or
    /// nothing is changed and the answer is 402.
    func change(by wanted: SubscriptionChangeRequest) async throws -> Subscription {
        var form = SubscriptionUpdateForm()
        form.change = try await change(wanted)
        form.paymentBehavior = .errorIfIncomplete
        return try await changed { [form] key, credentials in
            try await stripe.client.updateSubscription(id, form, idempotencyKey: key, as: credentials)
        }
    }

    private func change(_ wanted: SubscriptionChangeRequest) async throws -> SubscriptionChange {
        let items = try await read().items
        guard items.count == 1, let item = items.first else {
            throw StripeRefusal(error: .severalSubscriptionItems)
        }
        if let price = wanted.price { _ = try await stripe.price(price) }
        return SubscriptionChange(
            items: [.init(id: item.id, price: wanted.price, quantity: wanted.quantity)],
            prorationBehavior: wanted.prorationBehavior, prorationDate: wanted.prorationDate)
    }

    /// Lets it run to the end of what is paid. One that ends then already is left as it is.
    func cancelAtPeriodEnd() async throws -> Subscription {
        let found = try await read()
        guard !found.status.isFinal else { throw StripeRefusal(error: .subscriptionEnded) }
        guard !found.endsWithPeriod else { return found }
        return try await changed { key, credentials in
            try await stripe.client.cancelSubscriptionAtPeriodEnd(id, idempotencyKey: key, as: credentials)
        }
    }

    /// Ends it at once. One that is over is left as it is.
    func cancelNow() async throws -> Subscription {
        let found = try await read()
        guard !found.status.isFinal else { return found }
        do {
            return try await afterwards(
                try await stripe.call { credentials in
                    try await stripe.client.cancelSubscription(id, as: credentials)
                })
        } catch let error as APIError where error.leavesStripeUnknown {
            // The call has no key to be repeated under: only reading tells.
            guard let now = try? await read(), now.status.isFinal else { throw error }
            return now
        } catch let refusal as StripeRefusal where refusal.body?.code == "resource_missing" {
            // It ended between the two calls.
            return try await read()
        }
    }

    /// Takes back that it is to end; one that was paused goes on. Where there is nothing to take back it is left as it
    /// is.
    func reactivate() async throws -> Subscription {
        let found = try await read()
        guard !found.status.isFinal else { throw StripeRefusal(error: .subscriptionEnded) }
        guard found.isEnding || found.status == .paused else { return found }
        return try await changed { key, credentials in
            guard found.isEnding else {
                return try await stripe.client.resumeSubscription(id, idempotencyKey: key, as: credentials)
            }
            return try await stripe.client.reactivateSubscription(found, idempotencyKey: key, as: credentials)
        }
    }

    func read() async throws -> Subscription {
        try await stripe.subscription(id, cause: .request(requestID, "subscription read"))
    }

    private func changed(
        _ body: @escaping @Sendable (_ key: String, StripeCredentials) async throws -> Subscription
    ) async throws -> Subscription {
        try await afterwards(try await stripe.call(under: keyBase, body))
    }

    /// The subscription after a change. The change's own answer may be a replayed one, and so is not written down; it
    /// will do where Stripe cannot be read just now, since the change's event is to come.
    private func afterwards(_ answer: Subscription) async throws -> Subscription {
        (try? await read()) ?? answer
    }
}

extension Subscription {
    /// It ends when what is paid is used up: classic billing raises the flag, flexible billing sets the time.
    var endsWithPeriod: Bool { cancelAtPeriodEnd || cancelAt != nil && cancelAt == currentPeriodEnd }
}

extension APIError {
    static let noSuchSubscription = APIError.notFound("No such subscription.", param: "id")

    static let subscriptionEnded = APIError.conflict(
        code: "subscription_ended", "The subscription has ended; start a new one instead.")

    static let severalSubscriptionItems = APIError.conflict(
        code: "subscription_has_several_items",
        "The subscription has not exactly one item, so it is not clear which one to change; change it at Stripe.")
}
