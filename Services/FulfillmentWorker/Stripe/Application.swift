import Commerce
import Database
import Logging
import Messaging
import StripeModels

/// What sightings came to.
struct Application: Sendable {
    private(set) var moves: [OrderMove] = []

    /// Applies them in the caller's transaction, with all that follows from each.
    /// - Throws: `JobFailure` to look again, where another reading came first.
    init(_ sightings: [Sighting], for scope: TenantScope, cause: OrderCause, in connection: Connection) throws {
        do {
            for sighting in sightings {
                let move = try OrderStore.apply(
                    sighting.fact, sighting.observation, for: scope, cause: cause, expecting: sighting.revision,
                    in: connection)
                guard let move else { continue }
                _ = try Fulfillment.follow(move, in: connection)
                moves.append(move)
            }
        } catch let error as CommerceError where error.code == .orderChanged {
            throw JobFailure.release("The order moved while Stripe was asked.", after: .zero)
        }
    }

    /// What becomes of the event that told of them.
    var eventState: EventState {
        if moves.isEmpty { return .ignored }
        return moves.contains(where: \.isRefusal) ? .failed : .applied
    }

    func report(_ logger: Logger, tenant: TenantID, about event: Logger.Metadata) {
        for move in moves {
            var about = event
            about["order.id"] = "\(move.order.id)"
            if move.moved {
                about["from"] = "\(move.from.rawValue)"
                about["to"] = "\(move.order.status.rawValue)"
                logger.info("Order moved", metadata: about)
            }
            guard let anomaly = move.anomaly, anomaly.isNew else { continue }
            WorkerMetrics.count(anomaly.code, tenant: tenant)
            about["anomaly"] = "\(anomaly.code.rawValue)"
            about["detail"] = "\(anomaly.message)"
            logger.error("A payment does not fit its order", metadata: about)
        }
    }
}

extension OrderMove {
    /// Whether what was told was not taken for the order's. Too much money was, and so was what came back.
    fileprivate var isRefusal: Bool {
        switch anomaly?.code {
        case nil, .overpaid, .refundFailed, .overRefunded: false
        case .illegalTransition, .amountMismatch, .currencyMismatch, .otherPaymentIntent, .otherMode,
            .otherCheckoutSession:
            true
        }
    }
}

extension OrderStatus {
    /// Whether a payment that is not final yet can move it. Behind every other status is one in its final state, which no
    /// later reading contradicts: no need to ask Stripe.
    var awaitsPayment: Bool {
        switch self {
        case .pending, .requiresAction, .processing, .failed: true
        case .paid, .active, .canceled, .expired, .pastDue, .partiallyRefunded, .refunded, .disputed, .ended: false
        }
    }
}
