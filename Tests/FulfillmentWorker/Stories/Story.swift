import Commerce
import StripeModels
import Testing

/// What happens to one order at Stripe, step by step, and what it comes to here in whichever order that is heard.
struct Story: Sendable, CustomTestStringConvertible {
    let name: String
    /// Made with this buyer's address.
    let order: @Sendable (_ email: String) throws -> NewOrder
    let steps: [Step]
    let ending: Ending
    /// What is told or mailed, or not, as it was still true or not when it was heard.
    var passing: Passing = []
    /// What does not add up, if it is heard in the order in which it happened.
    var anomalies: Set<OrderAnomaly.Code> = []

    var testDescription: String { name }
}

/// An event, the object that it tells of, and what else changed at Stripe at that moment.
struct Step: Sendable {
    let type: StripeEventType
    let object: StripeThing
    var along: [StripeThing]

    init(_ type: StripeEventType, _ object: StripeThing, along: StripeThing...) {
        self.type = type
        self.object = object
        self.along = along
    }
}

struct Passing: Sendable, ExpressibleByArrayLiteral {
    var told: Set<DeliveryType> = []
    var mailed: Set<EmailKind> = []

    init(arrayLiteral told: DeliveryType...) { self.told = Set(told) }

    init(_ told: Set<DeliveryType>, mailed: Set<EmailKind>) {
        self.told = told
        self.mailed = mailed
    }
}

/// All that an order comes to.
struct Ending: Sendable, Hashable, CustomStringConvertible {
    var status: OrderStatus
    var amount: Int64 = 1000
    var captured: Int64?
    var refunded: Int64 = 0
    var customer: String?
    /// `a 300 succeeded`
    var refunds: Set<String> = []
    var disputes: Set<String> = []
    var subscription: String?
    var told: Set<DeliveryType>
    var mailed: Set<EmailKind> = []

    var description: String {
        """
        \(status) \(amount)/\(captured ?? -1)/\(refunded) \(customer ?? "-") \(refunds.sorted()) \(disputes.sorted()) \
        \(subscription ?? "-") told \(told.map(\.rawValue).sorted()) mailed \(mailed.map(\.rawValue).sorted())
        """
    }

    func leavingOut(_ passing: Passing) -> Ending {
        var ending = self
        ending.told.subtract(passing.told)
        ending.mailed.subtract(passing.mailed)
        return ending
    }
}

/// One order's own ids at Stripe, and how its story is told.
struct Telling: Sendable {
    let order: OrderID
    let number: Int
    /// In which order the steps are heard.
    let arrival: [Int]

    /// Each has a buyer of its own: who fails often is not mailed often.
    var email: String { Self.email(number) }
    static func email(_ number: Int) -> String { "buyer\(number)@example.com" }

    /// Whether the API's commit came before the events, so that the order knows its ids.
    var isLinked: Bool { number.isMultiple(of: 2) }
    /// Whether the endpoint was made with a version before 2025-03-31, whose objects look different.
    var isOldVersion: Bool { number % 3 == 0 }
    /// Whether each event is told twice in a row.
    var isStuttering: Bool { number % 5 == 0 }
    /// Whether what is told all over again comes as thin events.
    var isThinAgain: Bool { number % 4 < 2 }

    func id(_ prefix: String, _ name: String = Self.own) -> String { "\(prefix)_\(name)_\(number)" }

    /// The name of what an order has one of.
    static let own = "own"
}
