import Commerce
import Messaging
import StripeModels

extension ReceivedEvent {
    /// What becomes of a verified event: of the other mode or of another account, it is kept and never applied (a
    /// Connect endpoint receives the events of all connected accounts, and a live one test events as well); of a type
    /// that nobody acts on, it is stored and ignored; else it has a job.
    init(_ envelope: EventEnvelope, body: [UInt8], signature: String, for endpoint: SigningEndpoint) {
        let tenant = endpoint.tenant
        var state = EventState.ignored
        var job: (@Sendable (EventID) throws -> NewJob)?
        if envelope.livemode != endpoint.livemode || envelope.account != endpoint.account {
            state = .kept
        } else if !envelope.isThin, ActedOnEvents.contains(envelope.type) {
            state = .pending
            job = { try ApplyEventPayload.job(for: $0, of: tenant) }
        }
        self.init(
            tenant: tenant, livemode: envelope.livemode, stripeEventID: envelope.id, type: envelope.type,
            apiVersion: envelope.apiVersion, account: envelope.account, created: envelope.created,
            endpointID: endpoint.id.rawValue, signature: signature, body: body, state: state, job: job)
    }
}
