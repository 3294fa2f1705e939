package import StripeModels

/// The decoded meaning of one event's object: what it says, whichever way we came by it.
///
/// Facts are merged into what is known, and the order's status follows from that: see `OrderFacts`.
package enum StripeFact: Sendable {
    case paymentIntent(PaymentIntent)
    case session(SessionFact)
    case subscription(SubscriptionFact)
    case invoice(InvoiceFact)
    case charge(ChargeFact)
    case refund(RefundFact)
    case dispute(DisputeFact)

    /// nil for an object that moves no order.
    /// - Parameter type: of the event that tells of it, which says more than the object for some.
    package init?(_ object: StripeObject, type: StripeEventType? = nil) {
        switch object {
        case .paymentIntent(let intent): self = .paymentIntent(intent)
        case .checkoutSession(let session): self = .session(SessionFact(session, type: type))
        case .subscription(let subscription): self = .subscription(SubscriptionFact(subscription, type: type))
        case .invoice(let invoice): self = .invoice(InvoiceFact(invoice, type: type))
        case .charge(let charge): self = .charge(ChargeFact(charge))
        case .refund(let refund): self = .refund(RefundFact(refund))
        case .dispute(let dispute): self = .dispute(DisputeFact(dispute))
        case .setupIntent, .other: return nil
        }
    }

    /// Stripe's id of the object.
    package var objectID: String {
        switch self {
        case .paymentIntent(let intent): intent.id
        case .session(let session): session.id
        case .subscription(let subscription): subscription.id
        case .invoice(let invoice): invoice.id
        case .charge(let charge): charge.id
        case .refund(let refund): refund.id
        case .dispute(let dispute): dispute.id
        }
    }

    /// Whether it decides alone. Of anything else a later state may exist: read the object again, and apply that
    /// (`.read`). Refunds, charges and disputes only go forward, so theirs are merged by rank and need no reading.
    package var isFinal: Bool {
        switch self {
        case .paymentIntent(let intent): intent.status.isFinal
        case .session(let session): session.isFinal
        case .subscription(let subscription): subscription.isFinal
        case .invoice(let invoice): invoice.isFinal
        case .charge, .refund, .dispute: true
        }
    }
}
