extension Invoice {
    /// `paid` and `void` are final.
    package enum Status: OpenEnum {
        case draft
        case open
        case paid
        case uncollectible
        case void
        case unknown(String)

        package static let known: [String: Self] = [
            "draft": .draft, "open": .open, "paid": .paid, "uncollectible": .uncollectible, "void": .void,
        ]

        package var unknownName: String? {
            if case .unknown(let name) = self { name } else { nil }
        }

        /// Nothing can follow: an event that says so decides alone.
        package var isFinal: Bool { self == .paid || self == .void }
    }

    /// What it was made for.
    package enum BillingReason: OpenEnum {
        case subscriptionCreate
        case subscriptionCycle
        case subscriptionUpdate
        case manual
        case unknown(String)

        package static let known: [String: Self] = [
            "subscription_create": .subscriptionCreate, "subscription_cycle": .subscriptionCycle,
            "subscription_update": .subscriptionUpdate, "manual": .manual,
        ]

        package var unknownName: String? {
            if case .unknown(let name) = self { name } else { nil }
        }
    }
}
