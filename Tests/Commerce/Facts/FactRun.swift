import Commerce
import Database
import Messaging
import StripeModels
import TestSupport
import Testing

/// How one order's story is told: every run has its own order and its own ids at Stripe, with the same endings.
struct Telling: Sendable {
    let order: OrderID
    /// Tells this run's ids from those of the others.
    let number: Int

    func id(_ prefix: String, _ name: String = "1") -> String { "\(prefix)_\(name)_\(number)" }
}

/// One thing that Stripe tells of an order, at whatever time it arrives.
struct Told: Sendable {
    let name: String
    let observation: Observation
    let fact: @Sendable (Telling) throws -> StripeFact

    init(
        _ name: String, _ observation: Observation = .reported,
        _ fact: @escaping @Sendable (Telling) throws -> StripeFact
    ) {
        self.name = name
        self.observation = observation
        self.fact = fact
    }
}

/// All that the facts of an order come to.
struct Ending: Sendable, Hashable, CustomStringConvertible {
    var status: OrderStatus
    var amount: Int64
    var captured: Int64?
    var refunded: Int64
    var currency: String
    var customer: String?
    /// The types of the messages that stay true; a decline that was told on the way to a payment is none of them.
    var told: Set<DeliveryType>
    var emails: Set<EmailKind>

    var description: String {
        "\(status) \(amount)/\(captured ?? -1)/\(refunded) \(currency) \(customer ?? "-") told \(told.map(\.rawValue).sorted()) "
            + "mailed \(emails.map(\.rawValue).sorted())"
    }
}

extension Shop {
    /// Tells `story` to a new order in every order, and then, to the same one, all over again.
    /// - Returns: the endings, after the first and after the second time, with the first arrival that each was reached by.
    func endings(
        of story: [Told], _ make: @escaping @Sendable () throws -> NewOrder
    ) async throws -> [Ending: [String]] {
        let arrivals = Array(story.indices).permutations
        var endings: [Ending: [String]] = [:]
        let scope = scope
        // Many runs a transaction: a sync costs more than all of them.
        for start in stride(from: 0, to: arrivals.count, by: 40) {
            let batch = Array(arrivals[start..<min(start + 40, arrivals.count)])
            let found = try await database.write { connection in
                try batch.enumerated().flatMap { offset, arrival in
                    let order = try OrderStore.insert(make(), for: scope, cause: OrderCause("test"), in: connection)
                    let telling = Telling(order: order.id, number: start + offset)
                    let facts = try story.map { ($0, try $0.fact(telling)) }
                    // Now and then each fact is told twice in a row, too.
                    let isStuttering = (start + offset).isMultiple(of: 4)
                    let endings = try (1...2).map { _ in
                        for place in isStuttering ? arrival.flatMap({ [$0, $0] }) : arrival {
                            try Self.tell(facts[place].0, facts[place].1, scope, connection)
                        }
                        return (try Self.ending(of: order.id, scope, connection), arrival.map { story[$0].name })
                    }
                    // So that the next run does not look through the jobs of this one.
                    for table in ["job_payloads", "jobs"] { try connection.execute("DELETE FROM \(table)") }
                    return endings
                }
            }
            for (ending, arrival) in found where endings[ending] == nil { endings[ending] = arrival }
        }
        return endings
    }

    private static func tell(
        _ told: Told, _ fact: StripeFact, _ scope: TenantScope, _ connection: Connection
    ) throws {
        let isRead = told.observation == .read
        let move = try OrderStore.apply(
            fact, told.observation, for: scope, cause: OrderCause(told.name),
            expecting: isRead ? OrderStore.revision(of: fact, for: scope, in: connection) : nil, in: connection)
        if let move { _ = try Fulfillment.follow(move, in: connection) }
    }

    private static func ending(
        of id: OrderID, _ scope: TenantScope, _ connection: Connection
    ) throws -> Ending {
        let order = try #require(try OrderStore.get(id, for: scope, in: connection))
        let passing: Set<DeliveryType> = [.orderFailed, .orderRequiresAction]
        let told = Set(try deliveries(of: id, in: connection))
        return Ending(
            status: order.status, amount: order.amount, captured: order.amountCaptured,
            refunded: order.amountRefunded, currency: order.currency.rawValue,
            customer: order.customer, told: order.status == .failed ? told : told.subtracting(passing),
            emails: try emails(of: id, in: connection).subtracting(passingEmails(order.status)))
    }

    /// What is mailed or not, as it was true or not at the moment it was heard.
    private static func passingEmails(_ status: OrderStatus) -> Set<EmailKind> {
        switch status {
        case .failed: []
        case .pastDue: [.paymentFailed]
        default: [.paymentFailed, .invoicePaymentFailed]
        }
    }

    /// What an order's storefront was told, in order.
    static func deliveries(of order: OrderID, in connection: Connection) throws -> [DeliveryType] {
        try connection.rows(
            "SELECT unique_key FROM jobs WHERE kind = $1 AND subject LIKE $2 ORDER BY id",
            JobKind.deliverToStorefront, "%/\(order)"
        ).compactMap { row in
            let key: String = try row.get("unique_key")
            return DeliveryType(rawValue: String(key.split(separator: ":")[1]))
        }
    }

    /// What its buyer was mailed.
    static func emails(of order: OrderID, in connection: Connection) throws -> Set<EmailKind> {
        Set(
            try connection.rows(
                "SELECT unique_key FROM jobs WHERE kind = $1 AND subject LIKE $2", JobKind.sendEmail,
                "%/email:\(order)"
            ).compactMap { row in
                let key: String = try row.get("unique_key")
                return kinds[String(key.split(separator: ":")[2])]
            })
    }

    private static let kinds: [String: EmailKind] = [
        "receipt": .receipt, "payment_failed": .paymentFailed, "invoice_failed": .invoicePaymentFailed,
        "action_required": .actionRequired, "canceled": .subscriptionCanceled, "trial_ending": .trialEnding,
    ]
}
