import Commerce
import Messaging

extension ReceivedEvent {
    /// An event as the router stores it; a pending one with its job.
    static func sample(
        _ number: Int, of tenant: TenantID, _ state: EventState, subject: String? = nil
    ) -> ReceivedEvent {
        var job: (@Sendable (EventID) throws -> NewJob)?
        if state == .pending { job = { ApplyEventPayload.job(for: $0, of: tenant) } }
        return ReceivedEvent(
            tenant: tenant, livemode: false, stripeEventID: "evt_\(number)", type: "payment_intent.succeeded",
            apiVersion: nil, account: nil, created: 1_795_305_599, endpointID: "we_1", signature: "t=1,v1=00",
            body: Array(#"{"id":"evt_\#(number)"}"#.utf8), state: state, subject: subject, job: job)
    }
}
