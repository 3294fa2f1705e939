package import Messaging
package import StripeModels

/// Whose an event is: the tenant that it was sent to or swept for.
package struct EventOwner: Sendable {
    package let scope: TenantScope
    /// The tenant's connected account.
    package let account: String?

    package init(scope: TenantScope, account: String?) {
        self.scope = scope
        self.account = account
    }

    package init(_ tenant: Tenant) {
        self.init(scope: tenant.scope, account: tenant.stripeAccount)
    }
}

extension ReceivedEvent {
    /// What becomes of a genuine event: of the other mode or of another account, it is kept and never applied (a
    /// Connect endpoint receives the events of all connected accounts, and a live one test events as well); of a type
    /// that nobody acts on, it is stored and ignored; else it has a job.
    /// - Parameters:
    ///   - account: the connected account that it happened on.
    ///   - source: the id of the endpoint that received it, or what else brought it.
    ///   - signature: as received; empty where nobody signed it.
    package init(
        _ envelope: EventEnvelope, of account: String?, body: [UInt8], signature: String, from source: String,
        for owner: EventOwner
    ) {
        let tenant = owner.scope.tenant
        var state = EventState.ignored
        let subject = envelope.jobSubject
        var job: (@Sendable (EventID) throws -> NewJob)?
        if envelope.livemode != owner.scope.livemode || account != owner.account {
            state = .kept
        } else if ActedOnEvents.contains(envelope.type) {
            state = .pending
            job = { ApplyEventPayload.job(for: $0, of: tenant, subject: subject) }
        }
        self.init(
            tenant: tenant, livemode: envelope.livemode, stripeEventID: envelope.id, type: envelope.type,
            apiVersion: envelope.apiVersion, account: account, created: envelope.created,
            endpointID: source, signature: signature, body: body, state: state, subject: subject,
            twin: envelope.twin, job: job)
    }
}

extension EventEnvelope {
    /// What the event's job is about, so that no two jobs of one order run at once: the order, where the object's
    /// metadata names one; else the PaymentIntent, of which an order has one; else the object itself.
    ///
    /// It only keeps jobs apart: the worker finds the order by itself, and whoever writes a foreign id into an object
    /// at Stripe makes its own jobs wait.
    package var jobSubject: String? {
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
        1...70 ~= text.count
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
