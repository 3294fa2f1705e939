/// A row of an order's history as the API and the command line show it.
package struct OrderTransitionJSON: Encodable, Sendable {
    private let transition: OrderTransition

    package init(_ transition: OrderTransition) { self.transition = transition }

    private enum CodingKeys: String, CodingKey {
        case id
        case object
        case order
        case from
        case to
        case cause
        case stripeEvent = "stripe_event"
        case anomaly
        case detail
        case created
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode("\(transition.order):\(transition.sequence)", forKey: .id)
        try container.encode("order_transition", forKey: .object)
        try container.encode(transition.order.rawValue, forKey: .order)
        try container.encode(transition.from?.rawValue, forKey: .from)
        try container.encode(transition.to.rawValue, forKey: .to)
        try container.encode(transition.cause, forKey: .cause)
        try container.encode(transition.stripeEvent, forKey: .stripeEvent)
        try container.encode(transition.anomaly, forKey: .anomaly)
        try container.encode(transition.detail, forKey: .detail)
        try container.encode(transition.at / 1_000_000, forKey: .created)
    }
}
