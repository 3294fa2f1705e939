package import Messaging

extension JobKind {
    /// An event of the inbox is to be applied to its order.
    package static let applyStripeEvent = JobKind("apply_stripe_event")
    /// A message is to be sent to a storefront.
    package static let deliverToStorefront = JobKind("deliver_to_storefront")

    /// All that workers run.
    package static let known: [JobKind] = [.applyStripeEvent, .deliverToStorefront]
}

/// The payload of `apply_stripe_event`.
package struct ApplyEventPayload: Codable, Sendable, Hashable {
    package let event: EventID

    package init(event: EventID) { self.event = event }

    /// The job for an event. It needs no unique key: the inbox gives a job to an event only while none has one.
    /// - Parameter subject: the order that the event is about, or what else tells its events apart.
    package static func job(for event: EventID, of tenant: TenantID, subject: String? = nil) throws -> NewJob {
        try NewJob(
            .applyStripeEvent, tenant: tenant, payload: ApplyEventPayload(event: event), subject: subject)
    }
}
