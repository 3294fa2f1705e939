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
        let subject = envelope.jobSubject
        var job: (@Sendable (EventID) throws -> NewJob)?
        if envelope.livemode != endpoint.livemode || envelope.account != endpoint.account {
            state = .kept
        } else if !envelope.isThin, ActedOnEvents.contains(envelope.type) {
            state = .pending
            job = { try ApplyEventPayload.job(for: $0, of: tenant, subject: subject) }
        }
        self.init(
            tenant: tenant, livemode: envelope.livemode, stripeEventID: envelope.id, type: envelope.type,
            apiVersion: envelope.apiVersion, account: envelope.account, created: envelope.created,
            endpointID: endpoint.id.rawValue, signature: signature, body: body, state: state,
            subject: subject, job: job)
    }
}

extension EventEnvelope {
    /// What the event's job is about, so that no two jobs of one order run at once: the order, where the object's
    /// metadata names one; else the PaymentIntent, of which an order has one; else the object itself.
    ///
    /// It only keeps jobs apart: the worker finds the order by itself, and whoever writes a foreign id into an object
    /// at Stripe makes its own jobs wait.
    var jobSubject: String? {
        if let metadataValue, metadataValue.hasPrefix(OrderID.prefix),
            Self.isWord(metadataValue.utf8.dropFirst(OrderID.prefix.utf8.count))
        {
            return metadataValue
        }
        return [paymentIntent, objectID].lazy.compactMap { $0 }.first { id in
            Self.isWord(id.utf8.filter { $0 != UInt8(ascii: "_") })
        }
    }

    /// Whether these may be an id's characters, with room for ids to grow.
    private static func isWord(_ text: some Collection<UInt8>) -> Bool {
        1...60 ~= text.count
            && text.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "A")...UInt8(ascii: "Z"):
                    true
                default: false
                }
            }
    }
}
