import NIOHTTP1
package import StripeModels

/// Some of an account's events, as the bytes that Stripe wrote.
package struct StripeEventPage: Sendable {
    /// Each as `EventEnvelope` reads it, the newest first.
    package let events: [[UInt8]]
    /// More follow; ask for those after the last one's id.
    package let hasMore: Bool
}

extension StripeClient {
    /// A page of the account's events of the last 30 days that `filter` lets through, the newest first, as it came.
    ///
    /// - Parameters:
    ///   - limit: at most 100.
    ///   - after: the last id of the page before.
    package func eventPage(
        _ filter: EventFilter = EventFilter(), limit: Int = 100, after: String? = nil,
        as credentials: StripeCredentials
    ) async throws(StripeError) -> StripeEventPage {
        var query = filter.query
        query.set("limit", .number(limit))
        query.set("starting_after", after.map(FormValue.text))
        let call = StripeCall(method: .GET, path: "/v1/events", form: query, idempotencyKey: nil)
        let answer = try await answer(to: call, as: credentials)
        do {
            let page = try RawList(answer.body)
            return StripeEventPage(events: page.elements, hasMore: page.hasMore)
        } catch {
            throw StripeError(
                .unreadable(status: answer.status), "\(call.name) was answered, but not with a list.",
                requestID: answer.requestID, cause: error)
        }
    }

    /// The object that a thin event names, as it is now.
    ///
    /// - Parameter url: of `ThinEvent.RelatedObject`.
    /// - Throws: `notSent` for anything but a plain path of the first API.
    package func relatedObject(
        at url: String, as credentials: StripeCredentials
    ) async throws(StripeError) -> StripeObject {
        guard let path = StripePath(named: url) else {
            throw .notSent("The object of a thin event was not read: its address is no path of Stripe's first API.")
        }
        return try await get(path, as: credentials)
    }
}
