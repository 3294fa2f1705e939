/// An object whose kind is known only when it is there: the one inside an event, or the one a thin event names.
package enum StripeObject: Decodable, Sendable {
    case charge(Charge)
    case checkoutSession(CheckoutSession)
    case dispute(Dispute)
    case invoice(Invoice)
    case paymentIntent(PaymentIntent)
    case refund(Refund)
    case setupIntent(SetupIntent)
    case subscription(Subscription)
    /// Of a kind that nothing is done about; by what Stripe calls it.
    case other(String)

    package init(from decoder: any Decoder) throws {
        let object: String = try decoder.fields().required("object")
        self =
            switch object {
            case Charge.objectName: .charge(try Charge(from: decoder))
            case CheckoutSession.objectName: .checkoutSession(try CheckoutSession(from: decoder))
            case Dispute.objectName: .dispute(try Dispute(from: decoder))
            case Invoice.objectName: .invoice(try Invoice(from: decoder))
            case PaymentIntent.objectName: .paymentIntent(try PaymentIntent(from: decoder))
            case Refund.objectName: .refund(try Refund(from: decoder))
            case SetupIntent.objectName: .setupIntent(try SetupIntent(from: decoder))
            case Subscription.objectName: .subscription(try Subscription(from: decoder))
            default: .other(object)
            }
    }
    /// What Stripe calls its kind.
    package var objectName: String {
        if case .other(let name) = self { name } else { resource.map { type(of: $0).objectName } ?? "" }
    }

    /// nil for another kind, of which nothing is read.
    package var id: String? { resource?.id }

    private var resource: (any StripeResource)? {
        switch self {
        case .charge(let charge): charge
        case .checkoutSession(let session): session
        case .dispute(let dispute): dispute
        case .invoice(let invoice): invoice
        case .paymentIntent(let intent): intent
        case .refund(let refund): refund
        case .setupIntent(let intent): intent
        case .subscription(let subscription): subscription
        case .other: nil
        }
    }
}
