package import Messaging

extension JobKind {
    /// An event of the inbox is to be applied to its order.
    package static let applyStripeEvent = JobKind("apply_stripe_event")
    /// A message is to be sent to a storefront.
    package static let deliverToStorefront = JobKind("deliver_to_storefront")
}

/// The payload of `apply_stripe_event`.
package struct ApplyEventPayload: Codable, Sendable, Hashable {
    package let event: EventID

    package init(event: EventID) { self.event = event }

    /// The job for an event, of which one is enough at a time.
    package static func job(for event: EventID, of tenant: TenantID) throws -> NewJob {
        try NewJob(
            .applyStripeEvent, tenant: tenant, payload: ApplyEventPayload(event: event), uniqueKey: event.rawValue)
    }
}
