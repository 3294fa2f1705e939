import Commerce
import Database
import HTTPTypes
import Logging
import ServiceRuntime
import StripeModels

/// Gives money of an order back: `POST /v1/refunds`.
///
/// The refund's row, written under the lock of its order, reserves the money before Stripe is asked, so that however
/// many come at once, together they never exceed what was captured. Stripe's key comes from that row and never changes
/// here: a second key could refund twice.
///
/// - Stripe refuses for good: the reservation is free again, and the refusal is the answer.
/// - Nobody knows what came of it: Stripe is asked for the refund by its row's id. Where that does not tell either, the
///   refund is `pending`, keeps its reservation, and the job `finish_refund` finds out.
/// - Stripe certainly did nothing (no connection, its limit): with an `Idempotency-Key` the row waits for the request
///   that comes again, and for the job. Without one the reservation is free again, since the caller was told that it
///   failed and may make another.
struct CreateRefund: TwoStepCall {
    let wanted: NewRefund
    let scope: TenantScope
    let stripe: StripeAccess
    let requestID: String
    let logger: Logger

    struct Note: Sendable {
        let refund: OrderRefund
        /// An earlier request asked Stripe already, or was about to.
        let isResumed: Bool
    }

    enum Answer: Sendable {
        case made(Refund)
        case refused(APIError)
        /// It may or may not be made.
        case unknown
    }

    func begin(resuming known: OrderID?, in connection: Connection) throws -> Begun<Note> {
        if let known, let refund = try RefundStore.get(RefundID(rawValue: known.rawValue), for: scope, in: connection) {
            // An event, or the job, was faster.
            guard refund.status == .requested else { return .answered(try reply(refund)) }
            return .noted(Note(refund: refund, isResumed: true), order: known)
        }
        let refund = try RefundStore.reserve(wanted, for: scope, in: connection)
        // What a key is linked to is an id, whatever of.
        return .noted(Note(refund: refund, isResumed: false), order: OrderID(rawValue: refund.id.rawValue))
    }

    func ask(by note: Note) async throws -> Answer {
        if note.isResumed, let made = try await refusing({ try await stripe.unheardRefund(of: note.refund) }) {
            return .made(made)
        }
        do {
            return .made(try await stripe.createRefund(note.refund))
        } catch let refusal as StripeRefusal {
            return .refused(refusal.error)
        } catch let error as APIError where error.leavesStripeUnknown {
            let made = try? await stripe.unheardRefund(of: note.refund)
            return made.map { .made($0) } ?? .unknown
        }
    }

    /// A refusal of a question is no refusal of the refund.
    private func refusing<Found>(_ question: () async throws -> Found) async throws -> Found {
        do {
            return try await question()
        } catch let refusal as StripeRefusal {
            throw refusal.error
        }
    }

    func finish(_ note: Note, with answer: Answer, in connection: Connection) throws -> Reply {
        switch answer {
        case .made(let made):
            let move = try OrderStore.apply(
                refund: RefundFact(made), for: scope, cause: .request(requestID, "refund"), in: connection)
            if let move { try follow(move, in: connection) }
            return try reply(note.refund.id, in: connection)
        case .refused(let error):
            let refund = try RefundStore.refuse(
                note.refund.id, code: error.code ?? error.type.rawValue, for: scope, in: connection)
            // An event that tells of the refund outweighs a refusal.
            return refund.stripeRefund == nil ? Reply(error, requestID: requestID) : try reply(refund)
        case .unknown:
            return try reply(note.refund.id, in: connection)
        }
    }

    private func follow(_ move: OrderMove, in connection: Connection) throws {
        if let anomaly = move.anomaly, anomaly.isNew {
            logger.error(
                "An order contradicts its payment",
                metadata: [
                    "order": "\(move.order.id)", "anomaly": "\(anomaly.code)", "detail": "\(anomaly.message)",
                ])
        }
        _ = try Fulfillment.follow(move, in: connection)
    }

    private func reply(_ id: RefundID, in connection: Connection) throws -> Reply {
        guard let refund = try RefundStore.get(id, for: scope, in: connection) else { throw APIError.noSuchRefund }
        return try reply(refund)
    }

    private func reply(_ refund: OrderRefund) throws -> Reply {
        // Refused while nobody listened: what the refusal's own answer would have said.
        if refund.status == .failed, refund.stripeRefund == nil {
            let code = refund.failureReason ?? "refund_failed"
            return Reply(.conflict(code: code, "Stripe refused the refund: \(code)."), requestID: requestID)
        }
        return try Reply(.created, RefundJSON(refund))
    }

    func giveUp(_ note: Note, after error: any Error, isRepeatable: Bool, in connection: Connection) throws {
        guard !isRepeatable, let error = error as? APIError, !error.leavesStripeUnknown else { return }
        _ = try RefundStore.refuse(
            note.refund.id, code: error.code ?? error.type.rawValue, for: scope, in: connection)
    }
}

extension APIError {
    static let noSuchRefund = APIError.notFound("No such refund.", param: "id")
}
