/// What is to become of an event.
package enum EventState: String, Sendable, CaseIterable {
    /// Stored with a job that will apply it.
    case pending
    /// Applied; the order is where the event says or further.
    case applied
    /// Not of a type that is acted on, or of an object that is not ours.
    case ignored
    /// Of the other `livemode`, or of another account: kept as evidence, never applied.
    case kept
    /// Its job ended in the dead letters, or its order refused it.
    case failed
}

/// A webhook whose signature was verified, as it goes into the inbox.
package struct ReceivedEvent: Sendable {
    package let tenant: TenantID
    package let livemode: Bool
    package let stripeEventID: String
    package let type: String
    package let apiVersion: String?
    package let account: String?
    /// Seconds since 1970, by Stripe.
    package let created: Int64
    package let endpointID: String
    /// The `Stripe-Signature` header as received.
    package let signature: String
    /// The body as received, byte for byte.
    package let body: [UInt8]
    package let state: EventState
    /// What its job is about; see `NewJob`.
    package let subject: String?
    /// Stripe's id of the event that tells the same in the other shape, which may never come.
    package let twin: String?
    /// Makes the job that is stored with the event; `nil`: none is.
    package let job: (@Sendable (EventID) throws -> NewJob)?

    package init(
        tenant: TenantID, livemode: Bool, stripeEventID: String, type: String, apiVersion: String?, account: String?,
        created: Int64, endpointID: String, signature: String, body: [UInt8], state: EventState,
        subject: String? = nil, twin: String? = nil, job: (@Sendable (EventID) throws -> NewJob)? = nil
    ) {
        self.tenant = tenant
        self.livemode = livemode
        self.stripeEventID = stripeEventID
        self.type = type
        self.apiVersion = apiVersion
        self.account = account
        self.created = created
        self.endpointID = endpointID
        self.signature = signature
        self.body = body
        self.state = state
        self.subject = subject
        self.twin = twin
        self.job = job
    }
}

package enum RecordOutcome: Sendable, Equatable {
    case stored(EventID)
    /// The inbox held this event already; nothing was changed.
    case duplicate
}
