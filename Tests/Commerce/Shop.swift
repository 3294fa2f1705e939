import Commerce
import Database
import Foundation
import Messaging
import Security
import StripeModels
import TestSupport
import Testing

/// Two master keys, so that a rotation can be played.
enum MasterKeys {
    static let old = "old:" + Data(repeating: 7, count: 32).base64EncodedString()
    static let new = "new:" + Data(repeating: 9, count: 32).base64EncodedString()

    static func ring(_ keys: String...) throws -> KeyRing { try KeyRing(parsing: keys.joined(separator: ",")) }
}

/// A database with one tenant in it.
struct Shop: Sendable {
    let test: TestDatabase
    let keys: KeyRing
    let created: CreatedTenant

    var database: Database { test.database }
    var tenant: Tenant { created.tenant }
    var scope: TenantScope { tenant.scope }
    var tenants: TenantStore { TenantStore(database: database, keys: keys) }

    /// Someone else's shop in the same database.
    func neighbour(livemode: Bool = false) async throws -> CreatedTenant {
        try await tenants.create(newTenant("Neighbour", livemode: livemode))
    }

    func order(_ amount: Int64 = 1000, metadata: [String: String] = [:]) async throws -> Order {
        let new = try NewOrder(amount: amount, currency: Currency(rawValue: "usd"), metadata: metadata)
        return try await database.write { [scope] in
            try OrderStore.insert(new, for: scope, cause: .request("req_1", "created"), in: $0)
        }
    }

    func reload(_ order: Order) async throws -> Order {
        try #require(await database.read { try OrderStore.get(order.id, for: order.scope, in: $0) })
    }

    func history(_ order: Order) async throws -> [OrderTransition] {
        try await database.read { try OrderStore.history(of: order.id, for: order.scope, in: $0) }
    }

    @discardableResult
    func move(_ order: Order, _ event: OrderEvent, expecting version: Int64? = nil) async throws -> OrderMove {
        try await database.write {
            try OrderStore.move(
                order.id, for: order.scope, by: event, cause: OrderCause(event.name), expecting: version, in: $0)
        }
    }

    @discardableResult
    func apply(
        _ intent: PaymentIntent, to order: Order, _ observation: Observation = .read, expecting: Int64? = nil
    ) async throws -> OrderMove {
        try await database.write {
            try OrderStore.apply(
                intent, observation, to: order.id, for: order.scope,
                cause: .stripeEvent("evt_1", type: "payment_intent.\(intent.status)"), expecting: expecting, in: $0)
        }
    }
}

func newTenant(_ name: String = "Shop", livemode: Bool = false, fulfillmentURL: String? = nil) -> NewTenant {
    let mode = livemode ? "live" : "test"
    return NewTenant(
        name: name, livemode: livemode, stripeSecretKey: Secret("sk_\(mode)_secretsecret1234"),
        stripePublishableKey: "pk_\(mode)_account1", fulfillmentURL: fulfillmentURL)
}

func withShop<Result>(
    on engine: Engine, livemode: Bool = false, fulfillmentURL: String? = nil,
    _ body: (Shop) async throws -> Result
) async throws -> Result {
    try await withDatabase(on: engine, migrations: Schema.migrations) { test in
        let keys = try MasterKeys.ring(MasterKeys.old)
        let created = try await TenantStore(database: test.database, keys: keys)
            .create(newTenant(livemode: livemode, fulfillmentURL: fulfillmentURL))
        return try await body(Shop(test: test, keys: keys, created: created))
    }
}

/// A PaymentIntent as Stripe sends it.
func intent(
    _ status: String, id: String = "pi_1", amount: Int64 = 1000, received: Int64? = nil, currency: String = "usd",
    livemode: Bool = false, declineCode: String? = nil, metadata: [String: String] = [:]
) throws -> PaymentIntent {
    var fields: [String: Any] = [
        "id": id, "object": "payment_intent", "amount": amount, "currency": currency, "status": status,
        "livemode": livemode, "created": 1_795_305_600, "metadata": metadata,
    ]
    fields["amount_received"] = received ?? (status == "succeeded" ? amount : 0)
    if let declineCode {
        fields["last_payment_error"] = [
            "type": "card_error", "code": "card_declined", "decline_code": declineCode, "message": "Declined.",
        ]
    }
    return try JSONDecoder().decode(PaymentIntent.self, from: JSONSerialization.data(withJSONObject: fields))
}

/// The parameter and code of what `body` refuses.
func refusal(_ body: () async throws -> Void) async -> CommerceError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? CommerceError
    }
}

extension Array {
    /// Every order of its elements.
    var permutations: [[Element]] {
        guard count > 1 else { return [self] }
        return indices.flatMap { index in
            var rest = self
            let first = rest.remove(at: index)
            return rest.permutations.map { [first] + $0 }
        }
    }
}
