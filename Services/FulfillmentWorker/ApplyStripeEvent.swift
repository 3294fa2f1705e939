import Commerce
import Database
import Logging
import Messaging
import StripeClient
import StripeModels

/// Applies one stored event to the order it belongs to.
///
/// An event is a hint. A final state of its object decides alone; anything else may have been overtaken, so the object is
/// read again at Stripe; a thin event names its object and no more. The order's move, its history, the deliveries and
/// emails that follow, the event's state and the job's completion are one transaction: a repeated or late event, a lost
/// lease or a crash at any moment changes nothing twice.
struct ApplyStripeEvent: JobHandler {
    let kind = JobKind.applyStripeEvent
    /// About fifteen hours in all: Stripe's outages end, a key that was revoked gets mended.
    let retry = RetryPolicy.exponential(first: .seconds(2), cap: .seconds(3600), attempts: 25)
    let timeLimit: Duration = .seconds(120)

    let stripe: StripeReader

    func run(_ job: ClaimedJob, _ context: JobContext) async throws {
        let event = try await storedEvent(of: job, context)
        let scope = TenantScope(tenant: event.row.tenant, livemode: event.row.livemode)
        guard let type = ActedOnEvents.type(event.row.type),
            let fact = try await fact(in: event, type)
        else {
            // An operator replayed it, among others.
            return try await context.complete { try EventInbox.mark(event.row.id, .ignored, in: $0) }
        }
        let sightings = try await Observer(stripe: stripe, database: context.database)
            .sightings(of: fact, type, for: scope)
        let row = event.row
        let application = try await context.complete { connection in
            let application = try Application(
                sightings, for: scope, cause: .stripeEvent(row.stripeEventID, type: row.type), in: connection)
            try EventInbox.mark(row.id, application.eventState, in: connection)
            // No job is left that an operator could retry.
            if application.eventState == .failed { try EventInbox.settle(row.id, in: connection) }
            return application
        }
        application.report(
            context.logger, tenant: row.tenant, about: ["event.id": "\(row.id)", "event.type": "\(row.type)"])
    }

    func buried(_ job: ClaimedJob, in connection: Connection) throws {
        // A payload that cannot be read names no event.
        guard let event = try? job.payload(ApplyEventPayload.self).event else { return }
        try EventInbox.mark(event, .failed, in: connection)
    }

    private func storedEvent(of job: ClaimedJob, _ context: JobContext) async throws -> StoredEvent {
        let id = try job.payload(ApplyEventPayload.self).event
        let (stored, account) = try await context.database.read { connection in
            let event = try EventInbox.event(id, in: connection)
            return (event, try event.flatMap { try TenantStore.get($0.row.tenant, in: connection) }?.stripeAccount)
        }
        guard let event = stored else {
            throw JobFailure.bury("Event \(id) is no longer stored; nothing was applied.")
        }
        // The router gives no job to these. The tenant's account may have been changed since.
        guard event.row.account == account else {
            throw JobFailure.bury("Event \(id) is not of the tenant's Stripe account; nothing was applied.")
        }
        return event
    }

    /// What the event says; nil where that moves no order.
    private func fact(in event: StoredEvent, _ type: StripeEventType) async throws -> StripeFact? {
        let isThin: Bool
        do {
            isThin = try EventEnvelope.read(event.body).isThin
            if !isThin {
                let object = try StripeEvent.decode(object: StripeObject.self, from: event.body)
                return try Self.fact(object, type, event.row.id)
            }
        } catch let error as EventError {
            throw JobFailure.bury("The object in event \(event.row.id) cannot be read: \(error)")
        }
        let thin: ThinEvent
        do {
            thin = try StripeJSON.decode(ThinEvent.self, from: event.body)
        } catch {
            throw JobFailure.bury("Event \(event.row.id) cannot be read: \(error)")
        }
        guard let url = thin.related?.url else {
            throw JobFailure.bury("Event \(event.row.id) does not say where its object is.")
        }
        let object = try await stripe.ask(for: event.row.tenant) { try await $0.relatedObject(at: url, as: $1) }
        return try Self.fact(object, type, event.row.id)
    }

    private static func fact(_ object: StripeObject, _ type: StripeEventType, _ event: EventID) throws -> StripeFact? {
        guard object.objectName == type.objectName else {
            throw JobFailure.bury("Event \(event) is a \(type.rawValue) and holds a \(object.objectName).")
        }
        return StripeFact(object, type: type)
    }
}
