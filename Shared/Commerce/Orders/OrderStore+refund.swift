package import Database
import StripeModels

extension OrderStore {
    /// Applies what Stripe says of a refund, ours or one that was made in its dashboard. A refund whose payment belongs
    /// to no order yet is kept, and counts from when it does.
    package static func apply(
        refund: RefundFact, for scope: TenantScope, cause: OrderCause, in connection: Connection
    ) throws -> OrderMove? {
        try apply(
            [refund], to: refund.paymentIntent, charge: refund.charge, for: scope, cause: cause, in: connection)
    }

    /// Applies what a charge says of its refunds, where it brings them along; see `RefundStore.lacksRefunds`.
    package static func apply(
        charge: ChargeFact, for scope: TenantScope, cause: OrderCause, in connection: Connection
    ) throws -> OrderMove? {
        try apply(
            charge.refunds, to: charge.paymentIntent, charge: charge.id, for: scope, cause: cause, in: connection)
    }

    /// Applies what Stripe says of a dispute. One whose payment belongs to no order yet is kept, and counts from when it
    /// does.
    package static func apply(
        dispute: DisputeFact, for scope: TenantScope, cause: OrderCause, in connection: Connection
    ) throws -> OrderMove? {
        // A dispute says of which mode it is; a refund does not.
        guard dispute.livemode == scope.livemode else { return nil }
        return try aboutPayment(
            dispute.paymentIntent, charge: dispute.charge, for: scope, cause: cause, in: connection
        ) { intent, order in
            try DisputeStore.merge(dispute, paymentIntent: intent, order: order, for: scope, in: connection)
        }
    }

    private static func apply(
        _ refunds: [RefundFact], to paymentIntent: String?, charge: String?, for scope: TenantScope, cause: OrderCause,
        in connection: Connection
    ) throws -> OrderMove? {
        var returned: [String] = []
        let move = try aboutPayment(
            paymentIntent, charge: charge, for: scope, cause: cause, in: connection
        ) { intent, order in
            for refund in refunds {
                let (before, after) = try RefundStore.merge(
                    refund, paymentIntent: intent, order: order, for: scope, in: connection)
                if before?.status == .succeeded, !after.status.holdsMoney {
                    returned.append("\(refund.id) of \(after.currency.format(after.amount)) did not reach the buyer.")
                }
            }
        }
        guard var move else { return nil }
        for message in returned { try note(.refundFailed, message, on: &move, cause: cause, in: connection) }
        if let captured = move.order.amountCaptured, captured > 0, move.order.amountRefunded > captured {
            let message = """
                \(move.order.currency.format(move.order.amountRefunded)) of \
                \(move.order.currency.format(captured)) were refunded.
                """
            try note(.overRefunded, message, on: &move, cause: cause, in: connection)
        }
        return move
    }

    private static func note(
        _ code: OrderAnomaly.Code, _ message: String, on move: inout OrderMove, cause: OrderCause,
        in connection: Connection
    ) throws {
        let found = try record(code, message, of: move.order, cause: cause, in: connection)
        move.order = found.order
        move.anomaly = found.anomaly
    }

    /// Locks what a payment belongs to, lets `merge` write what is said of it, and moves the order.
    ///
    /// The order is locked before the payment, as everywhere. Only where none is known the payment comes first; if its
    /// order turns up at that very moment, the payment's row tells, for whoever brought the two together wrote it.
    private static func aboutPayment(
        _ named: String?, charge: String?, for scope: TenantScope, cause: OrderCause, in connection: Connection,
        merge: (_ paymentIntent: String, _ order: OrderID?) throws -> Void
    ) throws -> OrderMove? {
        guard
            let intent = try named
                ?? charge.flatMap({ try PaymentStore.paymentIntent(ofCharge: $0, for: scope, in: connection) })
        else { return nil }
        let known = try order(ofPayment: intent, for: scope, in: connection)?.id
        var found = try known.map { try locked($0, for: scope, in: connection) }
        var before = try found.map { try OrderFacts(of: $0, in: connection) }
        let owner = try PaymentStore.touch(intent, charge: charge, order: known, for: scope, in: connection)
        if found == nil, let owner {
            let late = try locked(owner, for: scope, in: connection)
            (found, before) = (late, try OrderFacts(of: late, in: connection))
        }
        guard let order = found else {
            try merge(intent, nil)
            return nil
        }
        try merge(intent, order.id)
        return try advance(order, by: nil, from: before, cause: cause, in: connection)
    }
}
