import Database
import Messaging
import TestSupport

func received(
    _ stripeID: String, for tenant: TenantID = tenant, livemode: Bool = false,
    type: String = "payment_intent.succeeded", signature: String = "t=1,v1=00", body: [UInt8] = [0, 255, 10],
    state: EventState = .pending, job: (@Sendable (EventID) throws -> NewJob)? = nil
) -> ReceivedEvent {
    ReceivedEvent(
        tenant: tenant, livemode: livemode, stripeEventID: stripeID, type: type, apiVersion: "2026-10-29.clover",
        account: "acct_1", created: 1_700_000_000, endpointID: "we_1", signature: signature, body: body, state: state,
        job: state == .pending ? job ?? { try applying($0, for: tenant) } : nil)
}

/// The kind by which the invariants know the jobs of events.
let applyKind = JobKind("apply_stripe_event")

func applying(_ event: EventID, for tenant: TenantID) throws -> NewJob {
    try NewJob(applyKind, tenant: tenant, payload: ["event": event])
}

func withInbox(
    on engine: Engine, _ body: (EventInbox, JobQueue, TestDatabase) async throws -> Void
) async throws {
    try await withQueue(on: engine) { queue, test in try await body(EventInbox(queue.database), queue, test) }
}

extension EventInbox {
    /// Records and expects it to be new.
    @discardableResult
    func add(_ event: ReceivedEvent) async throws -> EventID {
        guard case .stored(let id) = try await record(event) else { throw Held() }
        return id
    }

    private struct Held: Error {}
}

extension JobQueue {
    /// Applies events as the worker does: job and event are settled in one transaction.
    func settle(_ state: EventState, limit: Int = 1000) async throws {
        for job in try await claim([applyKind], limit: limit, lease: lease) {
            let event = try job.event
            try await database.write { connection in
                try EventInbox.mark(event, state, in: connection)
                if state == .failed {
                    try Self.bury(job.lease, error: "x", in: connection)
                } else {
                    try Self.complete(job.lease, in: connection)
                }
            }
        }
    }
}

extension ClaimedJob {
    var event: EventID {
        get throws { try payload([String: EventID].self)["event"] ?? EventID(rawValue: "none") }
    }
}
