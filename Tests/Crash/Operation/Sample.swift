package import Messaging

/// What the prepared data is made of, for the test and for the processes that it starts.
package enum Sample {
    package static let tenants = ["ten_a", "ten_b", "ten_c"].map { TenantID(rawValue: $0) }
    package static let apply = JobKind("apply_stripe_event")
    package static let deliver = JobKind("deliver_to_storefront")
    package static let kinds = [apply, deliver]
    /// Of all events.
    package static let type = "payment_intent.succeeded"
    /// Longer than what is kept in a job's own row.
    package static let longText = String(repeating: "long ", count: 200)
    package static let heldDuty = Duty("held", every: .seconds(3600))
    package static let freeDuty = Duty("free", every: .seconds(3600))
    package static let age = Retention(olderThan: .seconds(30 * 86400))
    /// Deliveries to its storefront fail, one short of opening its breaker.
    package static var failingTenant: TenantID { tenants[0] }
    /// Its storefront gives no answer; its deliveries are paused, too.
    package static var deadTenant: TenantID { tenants[2] }
    /// Events that the prepared data holds.
    package static let knownEvents = ["evt_leased", "evt_blocked", "evt_ready", "evt_kept"]
    package static let takenKey = "taken"

    private struct EventPayload: Encodable { let event: EventID }

    /// - Parameter subject: `nil`: it is kept, without a job.
    package static func event(_ id: String, of tenant: TenantID, subject: String?) -> ReceivedEvent {
        var job: (@Sendable (EventID) throws -> NewJob)?
        if let subject { job = { try eventJob($0, of: tenant, subject: subject) } }
        return ReceivedEvent(
            tenant: tenant, livemode: false, stripeEventID: id, type: type, apiVersion: nil,
            account: nil, created: 1_795_305_600, endpointID: "we_1", signature: "t=1,v1=00", body: Array(id.utf8),
            state: job == nil ? .kept : .pending, job: job)
    }

    package static func eventJob(_ event: EventID, of tenant: TenantID, subject: String?) throws -> NewJob {
        try NewJob(apply, tenant: tenant, payload: EventPayload(event: event), subject: subject)
    }

    package static func delivery(
        _ text: String, of tenant: TenantID, subject: String? = nil, key: String? = nil, delay: Duration = .zero
    ) throws -> NewJob {
        try NewJob(
            deliver, tenant: tenant, payload: ["order": text], subject: subject, uniqueKey: key, delay: delay)
    }
}
