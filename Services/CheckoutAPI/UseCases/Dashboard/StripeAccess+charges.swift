import Commerce
import Database
import ServiceRuntime
import StripeClient
import StripeModels

extension StripeAccess {
    /// The last charges of this tenant among the last 500 of its account, the newest first. An account may have several
    /// tenants, and other users.
    func recentCharges(_ limit: Int) async throws -> [Dashboard.RecentCharge] {
        let charges = try await page(
            PageRequest(limit: limit), of: { [client] in client.charges(as: $0) }, atMost: 6,
            ours: { try await ours($0) }
        ).data
        return try await database.read { connection in
            try charges.map { charge in
                let paid = try charge.paymentIntent.flatMap {
                    try PaymentStore.order(of: $0, for: scope, in: connection)
                }
                return Dashboard.RecentCharge(
                    charge: charge, order: paid ?? Order.id(inStripeMetadata: charge.metadata))
            }
        }
    }

    /// A charge is another's where it names an order that is not ours, or a customer who is another's, or nobody in an
    /// account that is shared.
    private func ours(_ charges: [Charge]) async throws -> [Charge] {
        let unmarked = unmarked(charges, \.metadata)
        return try await database.read { connection in
            try unmarked.filter { charge in
                if let order = Order.id(inStripeMetadata: charge.metadata) {
                    return try OrderStore.get(order, for: scope, in: connection) != nil
                }
                guard let customer = charge.customer else {
                    return try !CustomerOwner.sharesAccount(scope, in: connection)
                }
                return try !CustomerOwner.isAnother(customer, than: scope, in: connection)
            }
        }
    }
}
