package import Messaging

extension JobKind {
    /// An event of the inbox is to be applied to its order.
    package static let applyStripeEvent = JobKind("apply_stripe_event")
    /// A message is to be sent to a storefront.
    package static let deliverToStorefront = JobKind("deliver_to_storefront")
    /// An email is to be sent to a buyer.
    package static let sendEmail = JobKind("send_email")
    /// A tenant's events at Stripe are to be swept for those that never came.
    package static let reconcileAccount = JobKind("reconcile_account")
    /// An order that waits is to be read again at Stripe.
    package static let checkOrder = JobKind("check_order")
    /// A refund whose outcome nobody waits for any more is to be found out about.
    package static let finishRefund = JobKind("finish_refund")

    /// All that workers run.
    package static let known: [JobKind] = [
        .applyStripeEvent, .deliverToStorefront, .sendEmail, .reconcileAccount, .checkOrder, .finishRefund,
    ]
}

/// The payload of `apply_stripe_event`.
package struct ApplyEventPayload: Codable, Sendable, Hashable {
    package let event: EventID

    package init(event: EventID) { self.event = event }

    /// The job for an event. It needs no unique key: an event has one at a time; see `EventInbox`.
    /// - Parameter subject: the order that the event is about, or what else tells its events apart.
    package static func job(for event: EventID, of tenant: TenantID, subject: String? = nil) -> NewJob {
        // Written by hand: an encoder takes longer than the database does to store it.
        NewJob(.applyStripeEvent, tenant: tenant, json: #"{"event":"\#(event)"}"#, subject: subject)
    }
}

/// The payload of `check_order`.
package struct CheckOrderPayload: Codable, Sendable, Hashable {
    package let order: OrderID
    package let livemode: Bool
    /// 1 after 5 minutes, 2 after an hour, 3 after a day.
    package let check: Int64

    package init(order: OrderID, livemode: Bool, check: Int64) {
        self.order = order
        self.livemode = livemode
        self.check = check
    }

    package func job(of tenant: TenantID) throws -> NewJob {
        try NewJob(
            .checkOrder, tenant: tenant, payload: self, subject: order.rawValue, priority: .low,
            uniqueKey: "check_order:\(order)")
    }
}

/// The payload of `finish_refund`.
package struct FinishRefundPayload: Codable, Sendable, Hashable {
    package let refund: RefundID
    package let livemode: Bool

    package init(refund: RefundID, livemode: Bool) {
        self.refund = refund
        self.livemode = livemode
    }

    /// - Parameter delay: while whoever asked for it is still at it.
    package static func job(for refund: OrderRefund, after delay: Duration = .zero) throws -> NewJob {
        try NewJob(
            .finishRefund, tenant: refund.tenant,
            payload: FinishRefundPayload(refund: refund.id, livemode: refund.livemode),
            subject: refund.order?.rawValue, uniqueKey: "finish_refund:\(refund.id)", delay: delay)
    }
}

/// The payload of `reconcile_account`.
package struct ReconcilePayload: Codable, Sendable, Hashable {
    package let livemode: Bool

    package init(livemode: Bool) { self.livemode = livemode }

    /// One at a time for a tenant and mode.
    package static func job(for scope: TenantScope) throws -> NewJob {
        try NewJob(
            .reconcileAccount, tenant: scope.tenant, payload: ReconcilePayload(livemode: scope.livemode),
            priority: .low, uniqueKey: "reconcile:\(scope.tenant):\(scope.livemode)")
    }
}
