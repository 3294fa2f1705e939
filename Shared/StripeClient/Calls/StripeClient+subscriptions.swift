package import StripeModels

extension StripeClient {
    /// All pages, the newest first.
    package func subscriptions(
        _ filter: SubscriptionFilter = SubscriptionFilter(), as credentials: StripeCredentials
    ) -> StripePages<Subscription> {
        list("/v1/subscriptions", query: filter.query, as: credentials)
    }

    package func subscription(
        _ id: String, as credentials: StripeCredentials
    ) async throws(StripeError) -> Subscription {
        try await get("/v1/subscriptions/\(id)", as: credentials)
    }

    package func updateSubscription(
        _ id: String, _ form: SubscriptionUpdateForm, idempotencyKey: String, as credentials: StripeCredentials
    ) async throws(StripeError) -> Subscription {
        try await post("/v1/subscriptions/\(id)", form.body, idempotencyKey: idempotencyKey, as: credentials)
    }

    /// Ends it at once. A second time Stripe says that it is not there; where the outcome is unknown, read it.
    package func cancelSubscription(
        _ id: String, as credentials: StripeCredentials
    ) async throws(StripeError) -> Subscription {
        try await delete("/v1/subscriptions/\(id)", as: credentials)
    }

    /// Lets it run to the end of what is paid.
    package func cancelSubscriptionAtPeriodEnd(
        _ id: String, idempotencyKey: String, as credentials: StripeCredentials
    ) async throws(StripeError) -> Subscription {
        var form = SubscriptionUpdateForm()
        form.cancelAtPeriodEnd = true
        return try await updateSubscription(id, form, idempotencyKey: idempotencyKey, as: credentials)
    }

    /// Takes back the end that was set, in whichever way it was.
    ///
    /// - Parameter subscription: as it was just read.
    package func reactivateSubscription(
        _ subscription: Subscription, idempotencyKey: String, as credentials: StripeCredentials
    ) async throws(StripeError) -> Subscription {
        var form = SubscriptionUpdateForm()
        // Stripe takes only one of the two.
        if subscription.cancelAt != nil, !subscription.cancelAtPeriodEnd {
            form.clearsCancelAt = true
        } else {
            form.cancelAtPeriodEnd = false
        }
        return try await updateSubscription(subscription.id, form, idempotencyKey: idempotencyKey, as: credentials)
    }

    /// Starts a paused one again; what it costs is invoiced at once.
    package func resumeSubscription(
        _ id: String, idempotencyKey: String, as credentials: StripeCredentials
    ) async throws(StripeError) -> Subscription {
        try await post("/v1/subscriptions/\(id)/resume", idempotencyKey: idempotencyKey, as: credentials)
    }
}
